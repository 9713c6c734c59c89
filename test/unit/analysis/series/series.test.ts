import { describe, expect, it } from 'vitest';
import { attributeLosses } from '../../../../src/analysis/causes/attribution.ts';
import { evictedShares } from '../../../../src/analysis/causes/evicted.ts';
import { factsOf } from '../../../../src/analysis/facts.ts';
import { sortRecords } from '../../../../src/analysis/log/run-log.ts';
import { loadSteps } from '../../../../src/analysis/series/load-steps.ts';
import { seriesOf } from '../../../../src/analysis/series/series.ts';
import { tableSteps } from '../../../../src/analysis/series/table-steps.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, metaRecord, NO_COUNTERS, run, sample } from '../../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../../fixtures/summary.ts';

describe('the table by steps', () => {
  const { gateway } = sortRecords([
    metaRecord(),
    sample(-0.1, 0, { ...NO_COUNTERS, drop: 7 }),
    sample(0, 10),
    sample(0.05, 30),
    sample(0.09, 20, { drop: 9 }),
    sample(0.3, 40, { drop: 12, earlyDrop: 1 }), // 0.3 / 0.1 is less than 3
  ]).tables;
  const table = tableSteps(gateway, 4);

  it('keeps the extremes of the samples in every step, and leaves a step without one empty', () => {
    expect(table.entriesMin).toEqual([10, null, null, 40]);
    expect(table.entriesMax).toEqual([30, null, null, 40]);
  });

  it('counts what the counters rose by since the start of the load', () => {
    expect(table.drop).toEqual([2, 0, 0, 3]);
    expect(table.earlyDrop).toEqual([0, 0, 0, 1]);
  });
});

describe('the load by steps', () => {
  const gauge = (t: number, flood: string, open: number): TimelineRecord => ({ type: 'gauge', t, flood, open, connecting: 0 });
  const log = sortRecords([
    metaRecord(),
    load(0, { attempted: 3, succeeded: 2, failed: { 'connect-timeout': 1 } }),
    load(0.1, { attempted: 4 }),
    load(0.1, { at: 5, failed: { 'connect-timeout': 2, reset: 1 }, delayed: 1 }),
    gauge(0.05, 'a', 4),
    gauge(0.12, 'b', 2),
    gauge(0.25, 'a', 1),
  ]);
  const udpFloods = new Set<string>();
  const evictions = { evicted: 0, fromSeconds: Number.POSITIVE_INFINITY, handshakes: 0, datagramsEnded: 0, resetsSent: 0 };
  const evicted = evictedShares({ loads: log.loads, evictions, inTime: 1, udpFloods, tableFullFrom: 0.15 });
  const causes = {
    tableFullFrom: 0.15,
    tableShare: 1,
    otherwise: 'listen-overflow',
    datagrams: udpFloods,
    evicted,
    udpFloods,
    datagramsOtherwise: undefined,
    clashes: 'connect-timeout',
    upstream: { ports: 0, table: 0 },
    accounting: factsOf(log, []).accounting,
  } as const;
  const steps = loadSteps(log, attributeLosses(log.loads, causes).failures, 3);

  it('counts an attempt when it was due, whenever it ended', () => {
    expect(steps.attempted).toEqual([3, 4, 0]);
    expect(steps.delayed).toEqual([0, 1, 0]);
  });

  it('names the causes as the summary does, the most frequent first', () => {
    expect(Object.entries(steps.failed)).toEqual([
      ['conntrack-full', [0, 2, 0]],
      ['reset', [0, 1, 0]],
      ['listen-overflow', [1, 0, 0]],
    ]);
  });

  it('adds up the open connections of all floods', () => {
    expect(steps.open).toEqual([4, 6, 3]);
  });
});

describe('a whole run', () => {
  const records = run({ fullAt: 6.005 });
  const summary = summarize(records, LATENCY);
  const series = seriesOf(factsOfRun(records, LATENCY), []);
  const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);

  it('adds up to what the summary says', () => {
    expect(sum(series.table.drop)).toBe(summary.conntrack.drop);
    expect(sum(series.load.attempted)).toBe(summary.floods['requests']?.attempted);
    expect(sum(series.load.failed['conntrack-full'])).toBe(summary.floods['requests']?.failures['conntrack-full']);
    expect(series.table.entriesMax.indexOf(1000)).toBe(60);
  });

  it('has the machine and the states at their own times', () => {
    expect(series.machine.t.slice(0, 3)).toEqual([0, 0.25, 0.5]);
    expect(series.states).toEqual({
      t: [5.005, 6.205, 10],
      counts: { TIME_WAIT: [900, 900, 900], ESTABLISHED: [100, 100, 100] },
    });
  });

  it('is one empty step for a run that recorded nothing', () => {
    const nothing = [metaRecord()];
    expect(seriesOf(factsOfRun(nothing, []), [])).toMatchObject({
      steps: 1,
      table: { entriesMax: [null], drop: [0] },
      load: { attempted: [0], failed: {} },
      firstLostAtSeconds: null,
    });
  });
});
