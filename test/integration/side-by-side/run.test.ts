import { describe, expect, it } from 'vitest';
import { expectBalanced, readRecords, runScenario as runOnce, unfit } from '../support/ctload.ts';

/** Attempts give up soon after one repeated SYN. */
const QUICK = set('floods.requests.connectTimeout=1500ms');

function set(assignment: string): string[] {
  return ['--set', assignment];
}

/** By ballast, so that others may run beside it. */
function runScenario(file: string, flags: readonly string[]) {
  return runOnce(file, [...set('gateway.conntrack.method=ballast'), ...flags]);
}

describe.skipIf(unfit)('ctload run beside others', () => {
  it.each([
    { max: 500, flags: set('floods.requests.stages=[{duration: 3s, target: 400}]') },
    { max: 1337, flags: set('floods.requests.stages=[{duration: 3s, target: 1000}]') },
  ])('breaks at gateway.conntrack.max=$max', async ({ max, flags }) => {
    const { summary } = await runScenario('burst.yaml', [...set(`gateway.conntrack.max=${max}`), ...flags, ...QUICK]);
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - max)).toBeLessThanOrEqual(Math.max(2, max * 0.005));
    expect(summary.conntrack.peakEntries).toBeLessThanOrEqual(max);
  });

  it('finds the same point of smoke.yaml as by sysctl', async () => {
    const { summary } = await runScenario('smoke.yaml', []);
    expect(summary.conntrack.method).toBe('ballast');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
  });

  it('does the same with the nftables dataplane and close: rst', async () => {
    const flags = [...set('gateway.dataplane=nftables'), ...set('floods.requests.close=rst')];
    const { summary } = await runScenario('smoke.yaml', flags);
    expect(summary.verdict.kind).toBe('broke');
    expect(summary.breakingPoint?.states['CLOSE'] ?? 0).toBeGreaterThan(summary.breakingPoint?.states['TIME_WAIT'] ?? 0);
  });

  it('stale.yaml: entries stay ESTABLISHED after both ends are gone', async () => {
    const { summary, folder } = await runScenario('stale.yaml', [
      ...set('gateway.conntrack.max=800'),
      ...set('floods.leaked.duration=6s'),
      ...set('floods.leaked.connectTimeout=2s'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
    const states = readRecords(folder).flatMap((record) => (record.type === 'composition' ? [record.states] : []));
    expect(states.at(-1)?.['ESTABLISHED']).toBeGreaterThan(summary.conntrack.effectiveMax * 0.98);
    expect(Object.values(summary.floods)[0]?.peakOpen).toBeLessThan(50);
  });

  it('held.yaml: a load the table can take', async () => {
    const { summary } = await runScenario('held.yaml', [
      ...set('floods.requests.duration=8s'),
      ...set('floods.sockets.stages=[{duration: 4s, target: 300}, {duration: 4s, target: 300}]'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: null });
    expect(summary.breakingPoint).toBeNull();
    expect(summary.conntrack.drop).toBe(0);
  });

  it('mixed.yaml: three kinds of flood fill one table', async () => {
    const { summary } = await runScenario('mixed.yaml', [
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
    expect(summary.breakingPoint?.states).toMatchObject({ ESTABLISHED: expect.any(Number), TIME_WAIT: expect.any(Number) });
    expectBalanced(summary);
  });
});
