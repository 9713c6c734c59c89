import { describe, expect, it } from 'vitest';
import { expectBalanced, leavesHostAlone, readRecords, runScenario, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

describe('run --stop-when certain', skipFor(unfit), () => {
  leavesHostAlone();

  it('ends the load soon after the table dropped, with the same verdict and the same proof', async () => {
    const { summary, folder } = await runScenario('smoke.yaml', [
      '--stop-when',
      'certain',
      '--set',
      'floods.requests.duration=1m',
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full', validity: 'valid', bound: null });
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - 500)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
    expect(summary.floods['requests']?.attempted).toBeLessThan(60 * 300 * 0.5);
    const stops = readRecords(folder).flatMap((record) => (record.type === 'event' ? [record.name] : []));
    expect(stops).toContain('table-dropped');
    expect(readRecords(folder).at(-1)).toMatchObject({ type: 'end', outcome: 'stopped' });
  });

  it('ends it by a threshold that can only get worse, and lets one that is met run its course', async () => {
    const load = ['--set', 'gateway.conntrack.max=2000', '--set', 'floods.requests.duration=4s'];
    const certain = (limit: string) => [
      ...load,
      '--set',
      `thresholds={conntrack_entries: ["max<${limit}"]}`,
      '--stop-when',
      'certain',
    ];
    const { summary } = await runScenario('smoke.yaml', certain('200'), 99);
    expect(summary.thresholds).toMatchObject([{ ok: false, stoppedAtSeconds: expect.any(Number) }]);
    expect(summary.floods['requests']?.attempted).toBeLessThan(1200);
    const held = await runScenario('smoke.yaml', certain('1900'));
    expect(held.summary.floods['requests']?.attempted).toBe(1200);
  });
});
