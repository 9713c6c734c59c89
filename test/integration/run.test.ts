import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ctload, expectBalanced, leavesHostAlone, mostListed, runScenario, unfit } from './support/ctload.ts';

/** Attempts give up soon after one repeated SYN. */
const QUICK = set('floods.requests.connectTimeout=1500ms');

function set(assignment: string): string[] {
  return ['--set', assignment];
}

describe.skipIf(unfit)('ctload run on a real kernel', () => {
  leavesHostAlone();

  it('burst.yaml breaks at 4096 entries and accounts for every drop', async () => {
    // As shipped up to the break and some seconds beyond; then the rest is left out.
    const { summary, stdout, folder } = await runScenario('burst.yaml', [
      ...set('floods.requests.stages=[{duration: 5s, target: 500}, {duration: 7s, target: 850}]'),
      ...set('floods.requests.connectTimeout=2s'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full', validity: 'valid' });
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - 4096)).toBeLessThanOrEqual(4096 * 0.005);
    expectBalanced(summary);
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(4096);
    expect(summary.conntrack.drop).toBeGreaterThan(0);
    expect(summary.conntrack.otherTables).toMatchObject({ client: { drop: 0 }, backend: { drop: 0 }, host: { drop: 0 } });
    expect(summary.generator.connectionsPerRequest).toBe(1);
    expect(summary.floods['requests']?.failures['conntrack-full']).toBeGreaterThan(0);
    expect(stdout).toMatch(/4,?096/);

    const again = await ctload('report', folder, '--json');
    expect(again.stdout.trimEnd()).toBe(readFileSync(join(folder, 'summary.json'), 'utf8').trimEnd());
  });

  it.each([
    { max: 7, flags: set('floods.requests.stages=[{duration: 2s, target: 100}]') },
    { max: 1337, flags: set('floods.requests.stages=[{duration: 3s, target: 1000}]') },
    {
      max: 20000,
      flags: [...set('floods.requests.stages=[{duration: 4s, target: 1200}]'), ...set('gateway.conntrack.prefill=18000')],
    },
  ])('breaks at gateway.conntrack.max=$max', async ({ max, flags }) => {
    const { summary } = await runScenario('burst.yaml', [...set(`gateway.conntrack.max=${max}`), ...flags, ...QUICK]);
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - max)).toBeLessThanOrEqual(Math.max(2, max * 0.005));
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(max);
  });

  it('finds the point of smoke.yaml', async () => {
    const { summary } = await runScenario('smoke.yaml', set('gateway.conntrack.method=sysctl'));
    expect(summary.conntrack.method).toBe('sysctl');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
  });

  it('finds the same point of smoke.yaml as by sysctl', async () => {
    const { summary } = await runScenario('smoke.yaml', set('gateway.conntrack.method=ballast'));
    expect(summary.conntrack.method).toBe('ballast');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
  });

  it('does the same with the nftables dataplane and close: rst', async () => {
    const flags = [...set('gateway.dataplane=nftables'), ...set('floods.requests.close=rst')];
    const { summary, folder } = await runScenario('smoke.yaml', flags);
    expect(summary.verdict.kind).toBe('broke');
    expect(mostListed(folder, 'CLOSE')).toBeGreaterThan(mostListed(folder, 'TIME_WAIT'));
  });

  it('mixed.yaml: three kinds of flood fill one table', async () => {
    const { summary, folder } = await runScenario('mixed.yaml', [
      ...set('gateway.conntrack.max=1500'),
      ...set('floods.requests.stages=[{duration: 8s, target: 220}]'),
      ...set('floods.requests.connectTimeout=2s'),
      ...set('floods.sockets.stages=[{duration: 8s, target: 800}]'),
      ...set('floods.sockets.connectTimeout=2s'),
      ...set('floods.leaked.duration=8s'),
      ...set('floods.leaked.connectTimeout=2s'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
    expect(
      Object.values(summary.floods)
        .map((flood) => flood.kind)
        .sort(),
    ).toEqual(['long', 'short', 'stale']);
    for (const state of ['ESTABLISHED', 'TIME_WAIT']) expect(mostListed(folder, state)).toBeGreaterThan(0);
    expectBalanced(summary);
  });
});
