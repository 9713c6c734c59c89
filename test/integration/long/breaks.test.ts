import { describe, expect, it } from 'vitest';
import { expectBalanced, mostListed, runByBallast, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

function set(assignment: string): string[] {
  return ['--set', assignment];
}

describe('ctload run by ballast, entries in TIME_WAIT', skipFor(unfit), () => {
  it('finds the same point of smoke.yaml as by sysctl', async () => {
    const { summary } = await runByBallast('smoke.yaml');
    expect(summary.conntrack.method).toBe('ballast');
    expect(summary.verdict.kind).toBe('broke');
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
  });

  it('mixed.yaml: three kinds of flood fill one table', async () => {
    const { summary, folder } = await runByBallast('mixed.yaml', [
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
