import type { LatencyLog } from '../../model/result/latency.ts';
import { totalFailed } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';

const bucketOf = (t: number) => Math.floor(t / LOAD_BUCKET + 1e-9); // 0.3 / 0.1 is less than 3

/** Attempts due within 100 ms, and how full the gateway's table was then. */
export interface LoadAtUtilization {
  readonly utilization: number;
  readonly attempted: number;
  /** Of them, failed or delayed. */
  readonly bad: number;
}

/** Connect times of a stretch of time, of the slowest flood, and how full the table was on average. */
export interface LatencyAtUtilization {
  readonly utilization: number;
  readonly p99Ms: number;
}

/** What clients felt, against how full the gateway's table was. */
export interface ClientsByUtilization {
  readonly loads: readonly LoadAtUtilization[];
  readonly times: readonly LatencyAtUtilization[];
}

/** Sets attempts and connect times against the utilization of the table at that time. */
export function clientsByUtilization(log: Pick<RunLog, 'tables' | 'loads'>, latency: LatencyLog): ClientsByUtilization {
  const utilization = utilizationByBucket(log.tables.gateway);
  return { loads: loadAtUtilization(log.loads, utilization), times: latencyAtUtilization(latency, utilization) };
}

/** Mean utilization of the gateway's table in every 100 ms that was sampled, by number. */
function utilizationByBucket({ samples, capacity }: RunLog['tables']['gateway']): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { t, entries } of samples) {
    const bucket = sums.get(bucketOf(t)) ?? { sum: 0, count: 0 };
    bucket.sum += entries / capacity.at(t);
    bucket.count++;
    sums.set(bucketOf(t), bucket);
  }
  return new Map([...sums].map(([bucket, { sum, count }]) => [bucket, sum / count]));
}

/** The load in steps of 100 ms against utilization; those without an attempt are left out. */
function loadAtUtilization(loads: readonly LoadRecord[], utilization: ReadonlyMap<number, number>): LoadAtUtilization[] {
  const buckets = new Map<number, { attempted: number; bad: number }>();
  for (const load of loads) {
    const bucket = buckets.get(bucketOf(load.t)) ?? { attempted: 0, bad: 0 };
    bucket.attempted += load.attempted ?? 0;
    bucket.bad += totalFailed({ failed: load.failed ?? {} }) + (load.delayed ?? 0);
    buckets.set(bucketOf(load.t), bucket);
  }
  return [...buckets].flatMap(([bucket, counts]) => {
    const x = utilization.get(bucket);
    return x === undefined || counts.attempted === 0 ? [] : [{ utilization: x, ...counts }];
  });
}

/** The slowest flood's p99 connect time against utilization, over the intervals the latencies were recorded in. */
function latencyAtUtilization(latency: LatencyLog, utilization: ReadonlyMap<number, number>): LatencyAtUtilization[] {
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
    return x === null ? [] : [{ utilization: x, p99Ms: p99 }];
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
