import { describe, expect, it } from 'vitest';
import { listings, readRecords, runScenario as runOnce, unfit } from '../support/ctload.ts';
import { skipFor } from '../support/skip.ts';

function set(assignment: string): string[] {
  return ['--set', assignment];
}

/** By ballast, so that others may run beside it. */
function runScenario(file: string, flags: readonly string[]) {
  return runOnce(file, [...set('gateway.conntrack.method=ballast'), ...flags]);
}

describe('ctload run beside others', skipFor(unfit), () => {
  it('stale.yaml: entries stay ESTABLISHED after both ends are gone', async () => {
    const { summary, folder } = await runScenario('stale.yaml', [
      ...set('gateway.conntrack.max=800'),
      ...set('floods.leaked.duration=6s'),
      ...set('floods.leaked.connectTimeout=2s'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
    const sinceFull = listings(folder, summary.breakingPoint?.atSeconds).map(({ states }) => states['ESTABLISHED']);
    expect(sinceFull).not.toEqual([]); // the last is of what the load left behind
    for (const established of sinceFull) expect(established).toBeGreaterThan(summary.conntrack.effectiveMax * 0.98);
    expect(Object.values(summary.floods)[0]?.peakOpen).toBeLessThan(50);
  });

  it('a load of few attempts: it lasts as long as it was asked to', async () => {
    const { summary, folder } = await runScenario('smoke.yaml', [
      ...set('floods.requests.rate=0.1'),
      ...set('floods.requests.duration=5s'),
    ]);
    expect(summary.floods['requests']).toMatchObject({ attempted: 1, succeeded: 1 });
    expect(summary.verdict.kind).toBe('held');
    expect(readRecords(folder).find(({ type }) => type === 'end')?.t).toBeGreaterThanOrEqual(5);
  });

  it('websockets.yaml: new sockets fail while held ones keep answering', async () => {
    const { summary, folder } = await runScenario('websockets.yaml', [
      ...set('gateway.conntrack.max=500'),
      ...set('floods.sockets.stages=[{duration: 3s, target: 700}, {duration: 5s, target: 700}]'),
      ...set('floods.sockets.connectTimeout=2s'),
    ]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
    const [flood] = Object.values(summary.floods);
    expect(flood?.failures['conntrack-full']).toBeGreaterThan(0);
    expect(flood?.disconnected).toBe(0);
    const broke = summary.breakingPoint?.atSeconds ?? Number.POSITIVE_INFINITY;
    const pongsAfter = readRecords(folder)
      .filter((record) => record.type === 'load' && record.at > broke + 1)
      .reduce((sum, record) => sum + (record.type === 'load' ? (record.heartbeats ?? 0) : 0), 0);
    expect(pongsAfter).toBeGreaterThan(summary.conntrack.effectiveMax);
    expect(flood?.heartbeatsMissed).toBeLessThan((flood?.heartbeats ?? 0) * 0.2); // a stall of a second makes all miss one
  });
});
