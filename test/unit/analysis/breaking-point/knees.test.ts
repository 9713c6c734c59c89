import { describe, expect, it } from 'vitest';
import { findKnees } from '../../../../src/analysis/breaking-point/knees.ts';
import { clientsByUtilization } from '../../../../src/analysis/breaking-point/utilization.ts';
import { bootstrap } from '../../../../src/analysis/statistics/bootstrap.ts';
import { fitSegments, type Point } from '../../../../src/analysis/statistics/segmented-regression.ts';
import type { LatencyLog } from '../../../../src/model/result/latency.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { run, sample } from '../../../fixtures/run.ts';
import { factsOfRun } from '../../../fixtures/summary.ts';

const wiggle = (index: number) => ((index * 7) % 5) / 50; // ±: no two points alike, no chance in it

describe('a hinge', () => {
  it('is found where the line begins to rise', () => {
    const points = Array.from({ length: 50 }, (_, i): Point => [i / 50, 1 + 20 * Math.max(0, i / 50 - 0.6) + wiggle(i)]);
    const hinge = fitSegments(points);
    expect(hinge?.at).toBeCloseTo(0.6, 1);
    expect(hinge?.slope).toBeCloseTo(20, 0);
  });

  it('is not there when nothing rises, or with a handful of points', () => {
    expect(fitSegments(Array.from({ length: 20 }, (_, i): Point => [i / 20, 5 - i / 20]))).toBeNull();
    expect(
      fitSegments([
        [0.1, 1],
        [0.2, 2],
        [0.3, 3],
      ]),
    ).toBeNull();
  });
});

describe('a bootstrap interval', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const values = Array.from({ length: 100 }, (_, i) => i % 10);

  it('holds the statistic, and is the same for the same seed only', () => {
    const interval = bootstrap(values, mean, 1);
    expect(interval?.[0]).toBeLessThan(4.5);
    expect(interval?.[1]).toBeGreaterThan(4.5);
    expect(bootstrap(values, mean, 1)).toEqual(interval);
    expect(bootstrap(values, mean, 2)).not.toEqual(interval);
  });

  it('is narrower with more to go by', () => {
    const width = (items: readonly number[]) => {
      const [low = 0, high = 0] = bootstrap(items, mean, 1) ?? [];
      return high - low;
    };
    expect(width([...values, ...values, ...values, ...values])).toBeLessThan(width(values) * 0.7);
  });
});

/** Connect times of 20 intervals of half a second. */
function times(p99: (utilization: number, index: number) => number): LatencyLog {
  const total = { min: 0, p50: 1, p90: 1, p95: 1, p99: 1, 'p99.9': 1, max: 1, count: 1000 };
  const intervals = Array.from({ length: 20 }, (_, i) => {
    const [from, to] = [i / 2, (i + 1) / 2];
    return { from, to, count: 50, p50: 0.5, p99: p99((from + to) / 2 / 10, i), max: 9 };
  });
  return [{ flood: 'requests', phase: 'connecting', total, intervals, values: [] }];
}

function kneesOf(records: readonly TimelineRecord[], latency: LatencyLog) {
  const { log, fullAt } = factsOfRun(records, latency);
  const byUtilization = clientsByUtilization(log, latency);
  return findKnees({ table: log.tables.gateway, fullAt, byUtilization, seed: log.meta.run.seed });
}

describe('the knees', () => {
  const filling = { fullAt: 9.995 }; // utilization is a tenth of the seconds

  it('finds the early one in the connect times, with an interval around it, below the hard one', () => {
    const rising = times((utilization, i) => 1 + 30 * Math.max(0, utilization - 0.6) + wiggle(i));
    const { early, hard } = kneesOf(run(filling), rising);
    expect(early?.signal).toBe('latency');
    expect(early?.utilization).toBeCloseTo(0.6, 1);
    expect(early?.interval[0]).toBeLessThanOrEqual(early?.utilization ?? 0);
    expect(early?.interval[1]).toBeGreaterThanOrEqual(early?.utilization ?? 1);
    expect(hard).toEqual({ utilization: 1, atSeconds: 10 });
  });

  it('finds none in connect times that only waver', () => {
    expect(
      kneesOf(
        run(filling),
        times((_, i) => 1 + wiggle(i)),
      ).early,
    ).toBeNull();
  });

  it('takes the first eviction, between the samples around it', () => {
    const evicting = [...run({ fullAt: 6.005 }), sample(5.005, 830), sample(5.0051, 840, { earlyDrop: 31 })];
    expect(kneesOf(evicting, []).early).toEqual({
      signal: 'early-drop',
      utilization: 0.84,
      interval: [0.83, 0.84],
    });
  });

  it('has no hard one in a table that never fills, and none early without evictions or rising times', () => {
    expect(kneesOf(run(), [])).toMatchObject({ early: null, hard: null });
  });

  it('gives the failed share by tenths, the full table apart', () => {
    const { byUtilization } = kneesOf(run({ fullAt: 6.005 }), []);
    expect(byUtilization.map(({ from }) => from)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(byUtilization.slice(0, 9).map(({ badShare }) => badShare)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(byUtilization.at(-1)?.badShare).toBeCloseTo(0.5, 1);
    expect(byUtilization.reduce((sum, { attempted }) => sum + attempted, 0)).toBe(1000);
  });
});
