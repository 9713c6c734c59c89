import { describe, expect, it } from 'vitest';
import { MetricCollector } from '../../../../src/analysis/metrics/collector.ts';
import { GaugeSink, TrendSink } from '../../../../src/analysis/metrics/sinks.ts';
import { summarize as judge } from '../../../../src/analysis/summarize.ts';
import { METRIC_NAMES } from '../../../../src/model/input/metrics.ts';
import type { Threshold } from '../../../../src/model/input/threshold.ts';
import type { LatencyLog } from '../../../../src/model/result/latency.ts';
import type { MetaRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, metaRecord, run } from '../../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../../fixtures/summary.ts';

const FULL = { fullAt: 6.005 };
const EMPTY_TOTAL = { min: 0, p50: 0, p90: 0, p95: 0, p99: 0, 'p99.9': 0, max: 0, count: 0 };

function threshold(metric: string, expression: string): Threshold {
  return { metric, expression, abortOnFail: false, delayAbortEvalSeconds: 0 };
}

/** The records of a run whose scenario has these thresholds, and a flood of sockets beside the requests. */
function withThresholds(records: readonly TimelineRecord[], thresholds: readonly Threshold[]): TimelineRecord[] {
  const [meta, ...rest] = records as [MetaRecord, ...TimelineRecord[]];
  const floods = [...meta.scenario.floods, { name: 'sockets', kind: 'long', executor: 'burst' }];
  return [{ ...meta, scenario: { ...meta.scenario, floods, thresholds } }, ...rest];
}

/** [ok, observed] by metric and expression. */
function judged(records: readonly TimelineRecord[], latency: LatencyLog, ...thresholds: readonly [string, string][]) {
  const list = thresholds.map(([metric, expression]) => threshold(metric, expression));
  return summarize(withThresholds(records, list), latency).thresholds.map(({ ok, observed }) => [ok, observed]);
}

describe('a gauge', () => {
  it('has a mean over time, not over changes', () => {
    const gauge = new GaugeSink();
    expect(gauge.values(5)).toEqual({});
    gauge.set(0, 0);
    gauge.set(8, 10);
    gauge.set(9, 4);
    expect(gauge.values(10)).toEqual({ value: 4, avg: (10 + 4) / 10, min: 0, max: 10 });
  });
});

describe('a trend', () => {
  it('has the percentiles of all that was added', () => {
    const trend = new TrendSink();
    expect(trend.values()).toEqual({});
    for (let value = 1000; value >= 1; value--) trend.add([[value, 2]]);
    expect(trend.values(['p(99.9)', 'p(0)', 'p(100)'])).toEqual({
      avg: 500.5,
      min: 1,
      med: 500,
      max: 1000,
      'p(90)': 900,
      'p(95)': 950,
      'p(99)': 990,
      'p(99.9)': 999,
      'p(0)': 1,
      'p(100)': 1000,
    });
  });
});

describe('the metrics of a run', () => {
  const { metrics } = summarize(run(FULL), LATENCY);

  it('are all there, under their types', () => {
    const always = METRIC_NAMES.filter((name) => name !== 'alert_lead_seconds'); // only of an alert that is named
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(always));
    expect(metrics).toMatchObject({
      conns: { type: 'counter', values: { count: 1000, rate: 90.909091 } },
      conn_failed: { type: 'rate', values: { rate: 0.2, fails: 200, passes: 800 } },
      conn_connecting: { type: 'trend', values: { min: 0.1, med: 0.4, max: 4, 'p(99)': 3 } },
      conn_waiting: { type: 'trend', values: {} },
      conns_open: { type: 'gauge', values: { value: 3, max: 3 } },
      dropped_iterations: { type: 'counter', values: { count: 0 } },
      conntrack_entries: { type: 'gauge', values: { value: 1000, max: 1000 } },
      conntrack_utilization: { type: 'gauge', values: { value: 1, max: 1 } },
      conntrack_drop: { type: 'counter', values: { count: 400 } },
      tcp_syn_retrans: { type: 'counter', values: { count: 200 } },
      breaking_point_entries: { type: 'gauge', values: { value: 1000 } },
      breaking_point_seconds: { type: 'gauge', values: { value: 6.01 } },
    });
    // The table fills in a straight line for 6 s of 11 s, then stays full.
    expect(metrics['conntrack_utilization']?.values['avg']).toBeCloseTo((0.5 * 6 + 4) / 10, 1);
  });

  it('have no breaking point when there was none', () => {
    expect(summarize(run(), LATENCY).metrics['breaking_point_entries']).toEqual({ type: 'gauge', values: {} });
  });

  it('of several floods are put together exactly', () => {
    const times = (flood: string, values: LatencyLog[number]['values']): LatencyLog[number] => ({
      flood,
      phase: 'duration_uncorrected',
      total: EMPTY_TOTAL,
      values,
      intervals: [],
    });
    const collector = new MetricCollector({
      ...metaRecord(),
      scenario: {
        ...metaRecord().scenario,
        floods: ['a', 'b', 'c'].map((name) => ({ name, kind: name === 'c' ? 'short' : 'long', executor: 'burst' })),
      },
    });
    for (const { flood, phase, values } of [times('a', [[1, 99]]), times('b', [[7, 1]]), times('c', [[50, 100]])]) {
      collector.latency(flood, phase, values);
    }
    const read = (tags: Record<string, string>) => collector.read({ name: 'ws_connecting', tags }, 1);
    expect(read({})).toMatchObject({ avg: 1.06, max: 7, 'p(99)': 1 }); // requests of the short flood are no WebSockets
    expect(read({ flood: 'b' })).toMatchObject({ min: 7, max: 7 });
  });
});

describe('thresholds', () => {
  it('are judged over the whole run', () => {
    const results = judged(
      run(FULL),
      LATENCY,
      ['conn_failed', 'rate<0.2'],
      ['conn_failed', 'rate<=0.2'],
      ['conn_connecting', 'p(99.9)<4'],
      ['conntrack_drop', 'count==0'],
      ['conntrack_utilization', 'max<0.95'],
      ['breaking_point_entries', 'value>=1000'],
    );
    expect(results).toEqual([
      [false, 0.2],
      [true, 0.2],
      [false, 4],
      [false, 400],
      [false, 1],
      [true, 1000],
    ]);
  });

  it('may be on one flood or one cause', () => {
    const records = [...run(FULL), load(2, { flood: 'sockets', attempted: 50, failed: { refused: 10 } })];
    const results = judged(
      records,
      LATENCY,
      ['conn_failed', 'rate<1'],
      ['conn_failed{flood:sockets}', 'rate<1'],
      ['conn_failed{cause:conntrack-full}', 'rate<1'],
      ['conn_failed{cause:conntrack-full,flood:sockets}', 'rate<1'],
      ['conn_failed{cause:refused,flood:sockets}', 'rate<1'],
      ['conns{flood:sockets}', 'count<1'],
    );
    expect(results).toEqual([
      [true, 0.2],
      [true, 0.2],
      [true, 0.190476],
      [true, 0],
      [true, 0.2],
      [false, 50],
    ]);
  });

  it('without a sample hold, for there is nothing to object to', () => {
    const results = judged(
      run(),
      LATENCY,
      ['breaking_point_entries', 'value>5000'],
      ['conn_failed{flood:sockets}', 'rate>0'],
      ['ws_connecting', 'p(95)<1'],
    );
    expect(results).toEqual([
      [true, null],
      [true, null],
      [true, null],
    ]);
  });

  it('add their sub-metrics to the metrics', () => {
    const records = withThresholds(run(FULL), [threshold('conn_failed{flood:requests}', 'rate<1')]);
    expect(summarize(records, LATENCY).metrics['conn_failed{flood:requests}']).toEqual({
      type: 'rate',
      values: { rate: 0.2, fails: 200, passes: 800 },
    });
  });

  it('that stopped the load have failed, whatever came after, and prove nothing about the table', () => {
    const crossing = { metric: 'conn_connecting', expression: 'p(95)<5', observed: 9 };
    const detail = 'conn_connecting: expected p(95)<5, observed 9.00 ms';
    const records = withThresholds(run(), [threshold('conn_connecting', 'p(95)<5'), threshold('conn_connecting', 'p(95)<6')]);
    const stopped: TimelineRecord[] = [
      ...records.slice(0, -1),
      { type: 'event', t: 3.21, name: 'threshold-crossed', detail, threshold: crossing },
      { type: 'end', t: 11, outcome: 'stopped' },
    ];
    const { thresholds, verdict } = summarize(stopped, LATENCY);
    expect(thresholds).toEqual([
      { metric: 'conn_connecting', expression: 'p(95)<5', ok: false, observed: 0.8, stoppedAtSeconds: 3.21 },
      { metric: 'conn_connecting', expression: 'p(95)<6', ok: true, observed: 0.8, stoppedAtSeconds: null },
    ]);
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'valid', cause: null });
    expect(verdict.reasons[0]).toBe(`A threshold stopped the load at 3.21 s: ${detail}.`);
  });
});

describe('how early an alert fired', () => {
  const fired = (firingAtSeconds: number | null, expression: string) => {
    const rules = {
      scrapeSeconds: 15,
      evaluationSeconds: 15,
      labels: {},
      engine: 'promtool',
      alerts: [{ name: 'Full', pendingAtSeconds: null, firingAtSeconds }],
    };
    const records = withThresholds(run(FULL), [threshold('alert_lead_seconds{alert:Full}', expression)]);
    return judge(factsOfRun(records, LATENCY), undefined, rules).thresholds[0];
  };

  it('is the time until the first lost request', () => {
    expect(fired(2, 'value>1')).toMatchObject({ ok: true });
    expect(fired(2, 'value>60')).toMatchObject({ ok: false });
    expect(fired(2, 'value>1')?.observed).toBeGreaterThan(1);
  });

  it.each(['value>60', 'value<60', 'value!=60'])('meets no limit when it did not fire: %s', (expression) => {
    expect(fired(null, expression)).toMatchObject({ ok: false, observed: null });
    const records = withThresholds(run(FULL), [threshold('alert_lead_seconds{alert:Full}', expression)]);
    expect(summarize(records, LATENCY).thresholds).toMatchObject([{ ok: false }]); // without rules
  });
});
