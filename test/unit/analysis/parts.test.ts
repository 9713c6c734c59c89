import { describe, expect, it } from 'vitest';
import { pearson } from '../../../src/analysis/breaking-point/correlation.ts';
import { offeredRate, openConnections, peakOpen } from '../../../src/analysis/log/load.ts';
import { sortRecords } from '../../../src/analysis/log/run-log.ts';
import { rounded } from '../../../src/analysis/statistics/round.ts';
import type { TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { LATENCY, load, metaRecord, NO_COUNTERS, run, sample } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

const logOf = (...records: TimelineRecord[]) => sortRecords([metaRecord(), ...records]);

describe('the offered rate at the break', () => {
  it('counts what was scheduled in the second around it, begun or not', () => {
    const log = logOf(load(4.6, { attempted: 50 }), load(5, { attempted: 20, notStarted: 10 }), load(9, { attempted: 70 }));
    expect(offeredRate(log.loads, 5, 0.5)).toBeCloseTo(80, 6);
  });

  it('takes a part of the buckets at either end', () => {
    const log = logOf(load(4.4, { attempted: 100 }), load(4.5, { attempted: 100 }), load(9, { attempted: 1 }));
    expect(offeredRate(log.loads, 4.95, 0.5)).toBeCloseTo(150, 6);
  });

  it('is that of the load itself when the break is near its start or end', () => {
    const burst = logOf(load(0, { attempted: 500 }), load(0.1, { attempted: 500 }));
    expect(offeredRate(burst.loads, 0.15, 0.5)).toBeCloseTo(5000, 6);
    const stopped = logOf(load(0, { attempted: 20 }), load(0.1, { attempted: 20 }), load(3, { heartbeats: 5 }));
    expect(offeredRate(stopped.loads, 0.15, 0.5)).toBeCloseTo(200, 6);
  });

  it('adds up records that share a bucket', () => {
    const log = logOf(load(0, { attempted: 5 }), load(0, { attempted: 7, flood: 'others' }));
    expect(offeredRate(log.loads, 0.05, 0.5)).toBeCloseTo(120, 6);
  });
});

describe('open connections', () => {
  const gauge = (t: number, flood: string, open: number): TimelineRecord => ({ type: 'gauge', t, flood, open, connecting: 0 });
  const log = logOf(gauge(0, 'a', 10), gauge(1, 'b', 5), gauge(2, 'a', 2), gauge(3, 'b', 9));

  it('are the last known of every flood', () => {
    expect(openConnections(log.gauges, 1.5)).toBe(15);
    expect(openConnections(log.gauges, 2)).toBe(7);
  });

  it('peak for one flood and for all together', () => {
    expect(peakOpen(log.gauges, 'b')).toBe(9);
    expect(peakOpen(log.gauges)).toBe(15);
  });
});

describe("the table's counters", () => {
  it('start at the last sample before the load and fill in what is left out', () => {
    const { samples } = logOf(
      sample(-0.2, 0, { ...NO_COUNTERS, drop: 90 }),
      sample(-0.1, 0, { drop: 100 }),
      sample(0, 0),
      sample(1, 5, { drop: 103 }),
      sample(2, 6, { earlyDrop: 1 }),
    ).tables.gateway;
    expect([...samples]).toEqual([
      { t: 0, entries: 0, drop: 0, earlyDrop: 0, insertFailed: 0 },
      { t: 1, entries: 5, drop: 3, earlyDrop: 0, insertFailed: 0 },
      { t: 2, entries: 6, drop: 3, earlyDrop: 1, insertFailed: 0 },
    ]);
  });

  it('start at the first sample when none precedes the load', () => {
    const { samples } = logOf(sample(0.01, 0, { ...NO_COUNTERS, drop: 100 }), sample(0.02, 0, { drop: 101 })).tables.gateway;
    expect([...samples].map(({ drop }) => drop)).toEqual([0, 1]);
  });
});

describe("Pearson's coefficient", () => {
  it('is 1, −1 or between', () => {
    expect(
      pearson([
        [1, 2],
        [2, 4],
        [3, 6],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      pearson([
        [1, 3],
        [2, 2],
        [3, 1],
      ]),
    ).toBeCloseTo(-1, 12);
    expect(
      pearson([
        [1, 1],
        [2, 2],
        [3, 1],
        [4, 2],
      ]),
    ).toBeCloseTo(0.447, 3);
  });

  it('is nothing where one side never varies or there is too little', () => {
    expect(
      pearson([
        [1, 5],
        [2, 5],
        [3, 5],
      ]),
    ).toBeNull();
    expect(
      pearson([
        [1, 1],
        [2, 2],
      ]),
    ).toBeNull();
  });
});

describe('the predicted share of drops', () => {
  const predicted = (records: TimelineRecord[]) => summarize(records, LATENCY).conntrack.predictedDropShareWhenFull;
  const listing = (t: number, assured: number): TimelineRecord => ({
    type: 'composition',
    t,
    states: { ESTABLISHED: assured, SYN_SENT: 1000 - assured },
    unreplied: 1000 - assured,
    assured,
    cost: 0.01,
  });

  it('is 1 when nothing can be evicted', () => {
    expect(predicted(run({ fullAt: 6.005 }))).toBe(1);
  });

  it('follows the law with the unassured share at the break', () => {
    expect(predicted([...run({ fullAt: 6.005 }), listing(6.01, 900)])).toBeCloseTo(Math.exp(-1.6), 6);
  });

  it('counts ballast as assured', () => {
    const records = [...run({ fullAt: 6.005, ballast: 9000, buckets: 10_000 }), listing(6.01, 900)];
    expect(predicted(records)).toBeCloseTo(Math.exp(-0.16), 6);
  });
});

describe('rounding', () => {
  it('reaches every number and nothing else', () => {
    expect(rounded({ a: 0.1 + 0.2, b: [1 / 3, 'x'], c: null, d: true })).toEqual({
      a: 0.3,
      b: [0.333333, 'x'],
      c: null,
      d: true,
    });
  });
});
