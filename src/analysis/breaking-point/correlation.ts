import type { LatencyLog } from '../../model/result/latency.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { RunLog } from '../log/run-log.ts';
import { bootstrap } from '../statistics/bootstrap.ts';
import { firstFullAt } from './breaking-point.ts';
import { latencyAtUtilization, loadAtUtilization, utilizationByBucket } from './utilization.ts';

type Pair = readonly [x: number, y: number];

/** How closely failures and connect times follow the table's utilization. */
export function correlate(log: RunLog, latency: LatencyLog, firstFailureAt: number | null): Summary['correlation'] {
  const utilization = utilizationByBucket(log);
  const failures = loadAtUtilization(log, utilization).map(({ utilization: x, attempted, bad }): Pair => [x, bad / attempted]);
  const times = latencyAtUtilization(latency, utilization).map(({ utilization: x, p99Ms }): Pair => [x, p99Ms]);
  const { seed } = log.meta.run;
  const full = firstFullAt(log);
  return {
    failuresVsUtilization: pearson(failures),
    failuresInterval: bootstrap(failures, pearson, seed),
    latencyVsUtilization: pearson(times),
    latencyInterval: bootstrap(times, pearson, seed),
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
