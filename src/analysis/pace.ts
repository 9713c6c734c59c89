import { LOAD_BUCKET } from './load.ts';
import type { RunLog } from './run-log.ts';

/** Executors that promise so many attempts a second. A burst is due all at once and cannot keep its time. */
const PACED: ReadonlySet<string> = new Set(['constant-arrival-rate', 'ramping-arrival-rate']);
/** Seconds of load below which nothing is said: a single stall of the machine would look like a slow generator. */
const LEAST_SPAN = 1;
const DUST = 1e-9; // 0.3 / 0.1 is less than 3

/** How well the generator kept to its schedule up to some time. */
export interface Pace {
  readonly scheduled: number;
  /** Of those, begun by then. */
  readonly begun: number;
  /** Seconds of the load up to which it was judged. */
  readonly until: number;
  /** Attempts begun a second, from the first one due on. */
  readonly rate: number;
}

/**
 * Attempts begun by `until` against those that were due, of all floods with a rate; undefined when none was due. An attempt is
 * booked under its *intended* start however late it begins, so only the time at which its record was written (`at`) shows
 * a generator that falls behind before it gives anything up.
 */
export function paceUntil(log: RunLog, until: number): Pace | undefined {
  const paced = new Set(log.meta.scenario.floods.filter(({ executor }) => PACED.has(executor)).map(({ name }) => name));
  const loads = log.loads.filter(({ flood }) => paced.has(flood));
  const start = loads[0]?.t;
  if (start === undefined) return undefined;
  const end = Math.ceil(Math.max(until, start + LEAST_SPAN) / LOAD_BUCKET - DUST) * LOAD_BUCKET;
  let scheduled = 0;
  let begun = 0; // an agent that wakes late reports a tick late what it had begun in time: one tick is forgiven
  for (const { t, at, attempted = 0, notStarted = 0 } of loads) {
    if (t < end - DUST) scheduled += attempted + notStarted;
    if (at <= end + LOAD_BUCKET + DUST) begun += attempted;
  }
  return scheduled === 0 ? undefined : { scheduled, begun, until: end, rate: begun / (end - start) };
}
