import { describe, expect, it } from 'vitest';
import type { Threshold } from '../../../../src/model/input/threshold.ts';
import { type Crossing, ThresholdGuard } from '../../../../src/session/measure/threshold-monitor.ts';
import { load, metaRecord, NO_COUNTERS, sample } from '../../../fixtures/run.ts';

function guarded(...thresholds: Partial<Threshold>[]): { guard: ThresholdGuard; crossed: () => Promise<Crossing | undefined> } {
  const meta = metaRecord();
  const base = { metric: 'conntrack_drop', expression: 'count==0', abortOnFail: true, delayAbortEvalSeconds: 0 };
  const guard = new ThresholdGuard({
    ...meta,
    scenario: { ...meta.scenario, thresholds: thresholds.map((one) => ({ ...base, ...one })) },
  });
  return { guard, crossed: () => Promise.race([guard.crossed, Promise.resolve(undefined)]) };
}

describe('a threshold that may stop the load', () => {
  it('does so when it is crossed, counters counted from the start of the load', async () => {
    const { guard, crossed } = guarded({});
    guard.record(sample(-0.1, 0, { ...NO_COUNTERS, drop: 7000 }));
    guard.record(sample(0.1, 900));
    guard.check(1);
    expect(await crossed()).toBeUndefined();
    guard.record(sample(1.1, 1000, { drop: 7003 }));
    guard.record(sample(1.2, 0, { host: 'client', ...NO_COUNTERS }));
    guard.check(2);
    expect(await crossed()).toEqual({
      detail: 'conntrack_drop: expected count==0, observed 3',
      threshold: { metric: 'conntrack_drop', expression: 'count==0', observed: 3 },
    });
  });

  it('does not before its delay is over', async () => {
    const { guard, crossed } = guarded({ metric: 'conntrack_utilization', expression: 'max<0.5', delayAbortEvalSeconds: 5 });
    guard.record(sample(0.1, 900, NO_COUNTERS));
    guard.check(5);
    expect(await crossed()).toBeUndefined();
    guard.check(5.1);
    expect(await crossed()).toMatchObject({ threshold: { observed: 0.9 } });
  });

  it('does not while there is no sample, nor without abortOnFail', async () => {
    const { guard, crossed } = guarded(
      { metric: 'conn_connecting', expression: 'min>5' },
      { metric: 'conn_failed', expression: 'rate>0.5' },
      { metric: 'conns', expression: 'count>5', abortOnFail: false },
    );
    guard.check(10);
    expect(await crossed()).toBeUndefined();
    guard.record(load(9, { attempted: 3 }));
    guard.check(11);
    expect(await crossed()).toMatchObject({ threshold: { metric: 'conn_failed', observed: 0 } });
  });
});
