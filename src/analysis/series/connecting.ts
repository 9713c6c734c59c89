import type { LatencyValues } from '../../model/result/latency.ts';
import type { ConnectingInterval, Distribution, PercentileCurve } from '../../model/result/series.ts';
import { sum } from '../statistics/sum.ts';

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
  for (const { from, to, times, counts } of intervals) {
    if (breakAt === null || to <= breakAt) addTo(before, times, counts);
    else if (from >= breakAt) addTo(after, times, counts);
    const count = sum(counts);
    if (count === 0) continue;
    const [p50 = 0, p90 = 0, p99 = 0, max = 0] = [50, 90, 99, 100].map((percentile) => timeAt(times, counts, count, percentile));
    found.push({ from, to, count, p50, p90, p99, max });
  }
  return { intervals: found, distribution: { before: curve(before), after: curve(after) } };
}

function addTo(total: Map<number, number>, times: readonly number[], counts: readonly number[]): void {
  for (const [i, ms] of times.entries()) total.set(ms, (total.get(ms) ?? 0) + (counts[i] as number));
}

function curve(total: ReadonlyMap<number, number>): PercentileCurve {
  const times = [...total.keys()].sort((a, b) => a - b);
  const counts = times.map((ms) => total.get(ms) as number);
  const count = sum(counts);
  if (count === 0) return { count, points: [] };
  const percentiles = [0];
  for (let index = 1; 2 ** (index / POINTS_PER_HALVING) <= count; index++) {
    percentiles.push(100 * (1 - 2 ** (-index / POINTS_PER_HALVING)));
  }
  const points = [...percentiles, 100].map((percentile) => ({ percentile, ms: timeAt(times, counts, count, percentile) }));
  return { count, points };
}

/** The shortest time that at least `percentile` per cent of all are not above. */
function timeAt(times: readonly number[], counts: readonly number[], count: number, percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * count - 1e-9));
  let seen = 0;
  for (let i = 0; i < times.length; i++) {
    seen += counts[i] as number;
    if (seen >= rank) return times[i] as number;
  }
  return times.at(-1) ?? 0;
}
