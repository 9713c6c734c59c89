import { totalFailed } from '../model/attempt.ts';
import type { LatencyLog } from '../model/latency.ts';
import type { Summary } from '../model/summary.ts';
import { firstFullAt } from './breaking-point.ts';
import { LOAD_BUCKET } from './load.ts';
import type { RunLog } from './run-log.ts';

type Pair = readonly [x: number, y: number];

/** How closely failures and connect times follow the table's utilization. */
export function correlate(log: RunLog, latency: LatencyLog, firstFailureAt: number | null): Summary['correlation'] {
  const utilization = utilizationByBucket(log);
  const full = firstFullAt(log);
  return {
    failuresVsUtilization: pearson(failurePairs(log, utilization)),
    latencyVsUtilization: pearson(latencyPairs(latency, utilization)),
    lagSeconds: full === null || firstFailureAt === null ? null : firstFailureAt - full,
  };
}

/** Pearson's coefficient; null when there are fewer than three pairs or one side never varies. */
export function pearson(pairs: readonly Pair[]): number | null {
  const n = pairs.length;
  if (n < 3) return null;
  const meanX = pairs.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (const [x, y] of pairs) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

const bucketOf = (t: number) => Math.floor(t / LOAD_BUCKET + 1e-9); // 0.3 / 0.1 is less than 3

/** Mean utilization of the gateway's table in every 100 ms that was sampled. */
function utilizationByBucket(log: RunLog): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { t, entries } of log.tables.gateway.samples) {
    const bucket = sums.get(bucketOf(t)) ?? { sum: 0, count: 0 };
    bucket.sum += entries;
    bucket.count++;
    sums.set(bucketOf(t), bucket);
  }
  const { effectiveMax } = log.meta.lab.capacity;
  return new Map([...sums].map(([bucket, { sum, count }]) => [bucket, sum / count / effectiveMax]));
}

/** Utilization against the share of the attempts due then that failed or were delayed. */
function failurePairs(log: RunLog, utilization: ReadonlyMap<number, number>): Pair[] {
  const buckets = new Map<number, { attempted: number; bad: number }>();
  for (const load of log.loads) {
    const bucket = buckets.get(bucketOf(load.t)) ?? { attempted: 0, bad: 0 };
    bucket.attempted += load.attempted ?? 0;
    bucket.bad += totalFailed({ failed: load.failed ?? {} }) + (load.delayed ?? 0);
    buckets.set(bucketOf(load.t), bucket);
  }
  return [...buckets].flatMap(([bucket, { attempted, bad }]) => {
    const x = utilization.get(bucket);
    return x === undefined || attempted === 0 ? [] : [[x, bad / attempted] as const];
  });
}

/** Utilization against the slowest flood's p99 connect time, over the intervals the latencies were recorded in. */
function latencyPairs(latency: LatencyLog, utilization: ReadonlyMap<number, number>): Pair[] {
  const slowest = new Map<string, { from: number; to: number; p99: number }>();
  for (const { phase, intervals } of latency) {
    if (phase !== 'connecting') continue;
    for (const { from, to, p99 } of intervals) {
      const key = `${from}-${to}`;
      slowest.set(key, { from, to, p99: Math.max(p99, slowest.get(key)?.p99 ?? 0) });
    }
  }
  return [...slowest.values()].flatMap(({ from, to, p99 }) => {
    const x = meanBetween(utilization, bucketOf(from), bucketOf(to));
    return x === null ? [] : [[x, p99] as const];
  });
}

function meanBetween(utilization: ReadonlyMap<number, number>, first: number, end: number): number | null {
  let sum = 0;
  let count = 0;
  for (let bucket = first; bucket < Math.max(end, first + 1); bucket++) {
    const value = utilization.get(bucket);
    if (value === undefined) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}
