import type { LatencyValues, TimedCount } from '../../model/latency.ts';
import type { ConnectingInterval, Distribution, PercentileCurve } from '../../model/series.ts';

/** Halvings of what is left up to 100 %: every curve gets five points each, as HdrHistogram prints them. */
const POINTS_PER_HALVING = 5;

/** Connect times over time, and before and after the break. */
export interface ConnectTimes {
  /** Percentiles are the largest value of their histogram bucket, as HdrHistogram gives them. */
  readonly intervals: readonly ConnectingInterval[];
  /** Of the intervals that ended before the break and of those that began after it. */
  readonly distribution: Distribution;
}

/** Goes through `intervals` once: a long run has too many for all to be in memory. */
export function connectTimes(intervals: Iterable<LatencyValues>, breakAt: number | null): ConnectTimes {
  const before = new Map<number, number>();
  const after = new Map<number, number>();
  const found: ConnectingInterval[] = [];
  for (const { from, to, values } of intervals) {
    if (breakAt === null || to <= breakAt) addTo(before, values);
    else if (from >= breakAt) addTo(after, values);
    const count = totalOf(values);
    if (count === 0) continue;
    const [p50 = 0, p90 = 0, p99 = 0, max = 0] = [50, 90, 99, 100].map((percentile) => valueAt(values, count, percentile));
    found.push({ from, to, count, p50, p90, p99, max });
  }
  return { intervals: found, distribution: { before: curve(before), after: curve(after) } };
}

function addTo(counts: Map<number, number>, values: readonly TimedCount[]): void {
  for (const [ms, count] of values) counts.set(ms, (counts.get(ms) ?? 0) + count);
}

function curve(counts: ReadonlyMap<number, number>): PercentileCurve {
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
