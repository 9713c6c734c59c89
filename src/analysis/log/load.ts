import { type AttemptCounts, addAttempts, noAttempts } from '../../model/timeline/attempt.ts';
import { type GaugeRecord, type LoadRecord, TICK_SECONDS } from '../../model/timeline/sample.ts';

/** Seconds of intended starts a load record stands for. */
export const LOAD_BUCKET = TICK_SECONDS;

/** What the clients did over the whole run. */
export interface AttemptTotals {
  readonly all: AttemptCounts;
  /** Of one flood; all 0 for one without a record. */
  of(flood: string): AttemptCounts;
}

/** Adds up everything the floods did. */
export function attemptTotals(loads: readonly LoadRecord[]): AttemptTotals {
  const all = noAttempts();
  const byFlood = new Map<string, AttemptCounts>();
  for (const load of loads) {
    const counts = byFlood.get(load.flood) ?? noAttempts();
    addAttempts(counts, load);
    addAttempts(all, load);
    byFlood.set(load.flood, counts);
  }
  return { all, of: (flood) => byFlood.get(flood) ?? noAttempts() };
}

/** Everything all floods did, of the attempts whose intended start lies before `until`. */
export function attemptsBefore(loads: readonly LoadRecord[], until: number): AttemptCounts {
  return attemptTotals(loads.filter(({ t }) => t < until)).all;
}

/** Attempts scheduled per second, all floods, within `span` seconds of `t` on either side and within the load. */
export function offeredRate(loads: readonly LoadRecord[], t: number, span: number): number {
  const last = loads.findLast((load) => (load.attempted ?? 0) + (load.notStarted ?? 0) > 0); // heartbeats go on after it
  if (last === undefined) return 0;
  const from = Math.max(0, t - span);
  const to = Math.max(from + LOAD_BUCKET, Math.min(last.t + LOAD_BUCKET, t + span));
  let scheduled = 0;
  for (const load of loads) {
    const within = Math.min(to, load.t + LOAD_BUCKET) - Math.max(from, load.t);
    if (within > 0) scheduled += ((load.attempted ?? 0) + (load.notStarted ?? 0)) * Math.min(1, within / LOAD_BUCKET);
  }
  return scheduled / (to - from);
}

/** When the first attempt due from `from` on failed or was delayed; null when none was. */
export function firstAffected(loads: readonly LoadRecord[], from = Number.NEGATIVE_INFINITY): number | null {
  let first: number | null = null;
  for (const { firstBadAt } of loads) {
    if (firstBadAt !== undefined && firstBadAt >= from && (first === null || firstBadAt < first)) first = firstBadAt;
  }
  return first;
}

/** Connections all floods held open at `t`. */
export function openConnections(gauges: readonly GaugeRecord[], t: number): number {
  const open = new Map<string, number>();
  for (const gauge of gauges) if (gauge.t <= t) open.set(gauge.flood, gauge.open);
  return [...open.values()].reduce((sum, count) => sum + count, 0);
}

/** Most connections `flood` held open at once; all floods together when none is named. */
export function peakOpen(gauges: readonly GaugeRecord[], flood?: string): number {
  const open = new Map<string, number>();
  let peak = 0;
  let now = 0;
  for (const gauge of gauges) {
    if (flood !== undefined && gauge.flood !== flood) continue;
    now += gauge.open - (open.get(gauge.flood) ?? 0);
    open.set(gauge.flood, gauge.open);
    peak = Math.max(peak, now);
  }
  return peak;
}
