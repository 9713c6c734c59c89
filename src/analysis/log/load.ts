import { type AttemptCounts, addAttempts, noAttempts } from '../../model/timeline/attempt.ts';
import { TICK_SECONDS } from '../../model/timeline/sample.ts';
import type { RunLog } from './run-log.ts';

/** Seconds of intended starts a load record stands for. */
export const LOAD_BUCKET = TICK_SECONDS;

/** Everything all floods did, of the attempts whose intended start lies before `until`. */
export function totalAttempts(log: RunLog, until = Number.POSITIVE_INFINITY): AttemptCounts {
  const sum = noAttempts();
  for (const load of log.loads) if (load.t < until) addAttempts(sum, load);
  return sum;
}

/** Everything one flood did. */
export function floodAttempts(log: RunLog, flood: string): AttemptCounts {
  const sum = noAttempts();
  for (const load of log.loads) if (load.flood === flood) addAttempts(sum, load);
  return sum;
}

/** Attempts scheduled a second, all floods, within `span` seconds of `t` on either side and within the load. */
export function offeredRate(log: RunLog, t: number, span: number): number {
  const last = log.loads.findLast((load) => (load.attempted ?? 0) + (load.notStarted ?? 0) > 0); // heartbeats go on after it
  if (last === undefined) return 0;
  const from = Math.max(0, t - span);
  const to = Math.max(from + LOAD_BUCKET, Math.min(last.t + LOAD_BUCKET, t + span));
  let scheduled = 0;
  for (const load of log.loads) {
    const within = Math.min(to, load.t + LOAD_BUCKET) - Math.max(from, load.t);
    if (within > 0) scheduled += ((load.attempted ?? 0) + (load.notStarted ?? 0)) * Math.min(1, within / LOAD_BUCKET);
  }
  return scheduled / (to - from);
}

/** Connections all floods held open at `t`. */
export function openConnections(log: RunLog, t: number): number {
  const open = new Map<string, number>();
  for (const gauge of log.gauges) if (gauge.t <= t) open.set(gauge.flood, gauge.open);
  return [...open.values()].reduce((sum, count) => sum + count, 0);
}

/** Most connections `flood` held open at once; all floods together when none is named. */
export function peakOpen(log: RunLog, flood?: string): number {
  const open = new Map<string, number>();
  let peak = 0;
  let now = 0;
  for (const gauge of log.gauges) {
    if (flood !== undefined && gauge.flood !== flood) continue;
    now += gauge.open - (open.get(gauge.flood) ?? 0);
    open.set(gauge.flood, gauge.open);
    peak = Math.max(peak, now);
  }
  return peak;
}
