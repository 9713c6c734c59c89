import type { Summary } from '../../model/result/summary.ts';
import { bootstrap } from '../statistics/bootstrap.ts';
import type { ClientsByUtilization } from './utilization.ts';

type Pair = readonly [x: number, y: number];

/** How closely failures and connect times follow the table's utilization. */
export function correlate(
  byUtilization: ClientsByUtilization,
  seed: number,
  fullAt: number | null,
  firstFailureAt: number | null,
): Summary['correlation'] {
  const failures = byUtilization.loads.map(({ utilization, attempted, bad }): Pair => [utilization, bad / attempted]);
  const times = byUtilization.times.map(({ utilization, p99Ms }): Pair => [utilization, p99Ms]);
  return {
    failuresVsUtilization: pearson(failures),
    failuresInterval: bootstrap(failures, pearson, seed),
    latencyVsUtilization: pearson(times),
    latencyInterval: bootstrap(times, pearson, seed),
    lagSeconds: fullAt === null || firstFailureAt === null ? null : firstFailureAt - fullAt,
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
