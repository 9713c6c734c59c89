import { describe, expect, it } from 'vitest';
import type { Threshold } from '../../../../src/model/input/threshold.ts';
import { type Stop, StopMonitor } from '../../../../src/session/measure/stop-monitor.ts';
import { load, metaRecord, NO_COUNTERS, sample, synRetransmissions } from '../../../fixtures/run.ts';

function guarded(...thresholds: Partial<Threshold>[]) {
  return watching(false, ...thresholds);
}

function watching(
  untilCertain: boolean,
  ...thresholds: Partial<Threshold>[]
): {
  monitor: StopMonitor;
  crossed: () => Promise<Stop | undefined>;
} {
  const meta = metaRecord();
  const base = { metric: 'conntrack_drop', expression: 'count==0', abortOnFail: true, delayAbortEvalSeconds: 0 };
  const monitor = new StopMonitor(
    { ...meta, scenario: { ...meta.scenario, thresholds: thresholds.map((one) => ({ ...base, ...one })) } },
    untilCertain,
  );
  return { monitor, crossed: () => Promise.race([monitor.reached, Promise.resolve(undefined)]) };
}

describe('a threshold that may stop the load', () => {
  it('does so when it is crossed, counters counted from the start of the load', async () => {
    const { monitor, crossed } = guarded({});
    monitor.record(sample(-0.1, 0, { ...NO_COUNTERS, drop: 7000 }));
    monitor.record(sample(0.1, 900));
    monitor.check(1);
    expect(await crossed()).toBeUndefined();
    monitor.record(sample(1.1, 1000, { drop: 7003 }));
    monitor.record(sample(1.2, 0, { host: 'client', ...NO_COUNTERS }));
    monitor.check(2);
    expect(await crossed()).toEqual({
      name: 'threshold-crossed',
      detail: 'conntrack_drop: expected count==0, observed 3',
      threshold: { metric: 'conntrack_drop', expression: 'count==0', observed: 3 },
    });
  });

  it('does not before its delay is over', async () => {
    const { monitor, crossed } = guarded({ metric: 'conntrack_utilization', expression: 'max<0.5', delayAbortEvalSeconds: 5 });
    monitor.record(sample(0.1, 900, NO_COUNTERS));
    monitor.check(5);
    expect(await crossed()).toBeUndefined();
    monitor.check(5.1);
    expect(await crossed()).toMatchObject({ threshold: { observed: 0.9 } });
  });

  it('does not while there is no sample, nor without abortOnFail', async () => {
    const { monitor, crossed } = guarded(
      { metric: 'conn_connecting', expression: 'min>5' },
      { metric: 'conn_failed', expression: 'rate>0.5' },
      { metric: 'conns', expression: 'count>5', abortOnFail: false },
    );
    monitor.check(10);
    expect(await crossed()).toBeUndefined();
    monitor.record(load(9, { attempted: 3 }));
    monitor.check(11);
    expect(await crossed()).toMatchObject({ threshold: { metric: 'conn_failed', observed: 0 } });
  });
});

describe('a load that ends when its outcome is certain', () => {
  const quiet = { abortOnFail: false };

  it('does so by a threshold that can only get worse, and by no other', async () => {
    const max = { ...quiet, metric: 'conntrack_utilization', expression: 'max<0.5' };
    const share = { ...quiet, metric: 'conn_failed', expression: 'rate<0.01' };
    const { monitor, crossed } = watching(true, share, max);
    monitor.record(load(1, { attempted: 10, failed: { refused: 10 } }));
    monitor.check(2);
    expect(await crossed()).toBeUndefined();
    monitor.record(sample(2.1, 900, NO_COUNTERS));
    monitor.check(3);
    expect(await crossed()).toMatchObject({
      name: 'threshold-crossed',
      threshold: { metric: 'conntrack_utilization', observed: 0.9 },
    });
  });

  it('does so a second after the gateway dropped its first packet, when clients have retransmitted', async () => {
    const { monitor, crossed } = watching(true);
    monitor.record(sample(-0.1, 0, { ...NO_COUNTERS, drop: 7000 }));
    monitor.record(sample(1.5, 1000, { drop: 7003 }));
    monitor.check(2);
    expect(await crossed()).toBeUndefined();
    monitor.check(2.5);
    expect(await crossed()).toBeUndefined(); // a packet of others
    monitor.record(synRetransmissions(-0.1, 70));
    monitor.record(synRetransmissions(2.5, 73));
    monitor.check(2.5);
    expect(await crossed()).toEqual({ name: 'table-dropped', detail: "the gateway's table dropped packets from 1.50 s on" });
  });

  it('does not by default', async () => {
    const { monitor, crossed } = guarded();
    monitor.record(sample(1.5, 1000, { drop: 7003 }));
    monitor.check(9);
    expect(await crossed()).toBeUndefined();
  });
});
