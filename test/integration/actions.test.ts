import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/lab/host/limits.ts';
import { runScenario, unfit } from './support/ctload.ts';
import { skipFor } from './support/skip.ts';

const SYN = 1.1; // seconds between the first retransmitted SYNs, at the most
const RECORDED = 0.1; // seconds by which attempts are recorded
const NOTICED = 1; // seconds, as on a busy machine

describe('actions on a table by lease', skipFor(unfit), () => {
  it('a raised limit: new connections succeed at once, those that wait with their next SYN; the old limits are restored', async () => {
    const before = readLimits();
    const { summary, stderr } = await runScenario('smoke.yaml', [
      ...['--set', 'gateway.conntrack={max: 300, method: sysctl}'],
      ...['--set', 'floods={leak: {kind: stale, executor: constant-arrival-rate, rate: 100, duration: 8s, connectTimeout: 6s}}'],
      ...['--set', 'actions=[{at: 5s, max: 2000}]'],
      ...['--set', 'thresholds={recovery_seconds: [value<4], connections_lost: [count==0]}'],
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(summary.breakingPoint).toMatchObject({ entries: 300, capacity: 300 });
    expect(summary.conntrack).toMatchObject({ effectiveMax: 300, peakEntries: 800, peakCapacity: 2000 });
    expect(summary.floods['leak']).toMatchObject({ attempted: 800, succeeded: 800 });
    const [action] = summary.actions ?? [];
    expect(action).toMatchObject({ max: 2000 });
    expect(stderr).toContain('nf_conntrack_max set to 2,000');
    const { atSeconds, afterActionSeconds, lastDelayedAtSeconds } = summary.recovery ?? {};
    expect(atSeconds).toBeGreaterThan((action?.atSeconds ?? Number.NaN) - RECORDED); // the start of the 0.1 s that it falls into
    expect(afterActionSeconds).toBeLessThan(NOTICED);
    expect(lastDelayedAtSeconds).toBeLessThan((action?.atSeconds ?? Number.NaN) + SYN + NOTICED);
    expect(summary.thresholds.map(({ ok }) => ok)).toEqual([true, true]);
    expect(summary.prediction.map(({ quantity }) => quantity)).toEqual([
      'timeToFullSeconds',
      'entriesPerConnection',
      'recoverySeconds',
    ]);
    expect(summary.prediction.at(-1)?.difference).toBeLessThan(NOTICED);
    expect(readLimits()).toEqual(before);
  });
});
