import type { LatencyValues, TimedCount } from '../../model/latency.ts';
import type { ConnectingInterval, Distribution, PercentileCurve } from '../../model/series.ts';

/** Halvings of what is left up to 100 %: every curve gets five points each, as HdrHistogram prints them. */
const POINTS_PER_HALVING = 5;

/** Connect times by interval. Percentiles are the largest value of their histogram bucket, as HdrHistogram gives them. */
export function connectingIntervals(intervals: readonly LatencyValues[]): ConnectingInterval[] {
  return intervals.flatMap(({ from, to, values }) => {
    const count = totalOf(values);
    if (count === 0) return [];
    const [p50, p90, p99, max] = [50, 90, 99, 100].map((percentile) => valueAt(values, count, percentile));
    return { from, to, count, p50, p90, p99, max } as ConnectingInterval;
  });
}

/** Percentile curves of the intervals that ended before `breakAt` and of those that began after it. */
export function distribution(intervals: readonly LatencyValues[], breakAt: number | null): Distribution {
  const before = intervals.filter(({ to }) => breakAt === null || to <= breakAt);
  const after = intervals.filter(({ from }) => breakAt !== null && from >= breakAt);
  return { before: curve(before), after: curve(after) };
}

function curve(intervals: readonly LatencyValues[]): PercentileCurve {
  const counts = new Map<number, number>();
  for (const { values } of intervals) for (const [ms, count] of values) counts.set(ms, (counts.get(ms) ?? 0) + count);
  const values = [...counts].toSorted(([a], [b]) => a - b);
  const count = totalOf(values);
  if (count === 0) return { count, points: [] };
  const percentiles = [0];
  for (let index = 1; 2 ** (index / POINTS_PER_HALVING) <= count; index++) {
    percentiles.push(100 * (1 - 2 ** (-index / POINTS_PER_HALVING)));
  }
  const points = [...percentiles, 100].map((percentile) => ({ percentile, ms: valueAt(values, count, percentile) }));
  return { count, points };
}

/** The smallest value that at least `percentile` per cent of all are not above. */
function valueAt(values: readonly TimedCount[], count: number, percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * count - 1e-9));
  let seen = 0;
  for (const [ms, times] of values) {
    seen += times;
    if (seen >= rank) return ms;
  }
  return values.at(-1)?.[0] ?? 0;
}

function totalOf(values: readonly TimedCount[]): number {
  return values.reduce((total, [, times]) => total + times, 0);
}
