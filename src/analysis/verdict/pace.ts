import type { ScenarioFacts } from '../../model/timeline/run.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { LOAD_BUCKET } from '../log/load.ts';

/** Executors that promise a rate of attempts. A burst is due all at once and cannot keep its time, nor can a level. */
const PACED: ReadonlySet<string> = new Set(['constant-arrival-rate', 'ramping-arrival-rate']);
/** Seconds of load below which nothing is said: a single stall of the machine would look like a slow generator. */
const LEAST_SPAN = 1;
/** An agent that wakes late reports a tick late what it had started in time. */
const FORGIVEN = LOAD_BUCKET;
const DUST = 1e-9; // 0.3 / 0.1 is less than 3

/** How well the generator kept to its schedule up to some time. */
export interface Pace {
  readonly scheduled: number;
  /** Of those, started by then. */
  readonly started: number;
  /** Seconds of the load up to which it was judged. */
  readonly until: number;
  /**
   * Of the time from when attempts were due to `until`, the share they spent waiting to start; 0 when all started in time. A
   * SYN that meets a full table costs next to nothing, so a generator that ran behind may have caught up by the end.
   */
  readonly waitedShare: number;
  /** Attempts started per second, from the first one due on. */
  readonly rate: number;
}

/** Names of the floods with a rate. */
export function pacedFloods(floods: ScenarioFacts['floods']): ReadonlySet<string> {
  return new Set(floods.filter(({ executor }) => PACED.has(executor)).map(({ name }) => name));
}

/**
 * What was due before `until` and left out because the generator was behind by then. Of a burst or a level everything may be
 * due at the start: there only what had been left out by then counts.
 */
export function leftOutBefore(loads: readonly LoadRecord[], paced: ReadonlySet<string>, until: number): number {
  const counted = loads.filter(({ t, at, flood }) => t < until && (paced.has(flood) || at <= until));
  return counted.reduce((sum, { notStarted = 0 }) => sum + notStarted, 0);
}

/**
 * Attempts started by `until` against those that were due, of all floods with a rate; undefined when none was due. An attempt is
 * recorded under its *intended* start however late it starts, so only the time at which its record was written (`at`) shows
 * a generator that falls behind before it gives anything up.
 */
export function paceUntil(records: readonly LoadRecord[], paced: ReadonlySet<string>, until: number): Pace | undefined {
  const loads = records.filter(({ flood }) => paced.has(flood));
  const start = loads[0]?.t;
  if (start === undefined) return undefined;
  const end = Math.ceil(Math.max(until, start + LEAST_SPAN) / LOAD_BUCKET - DUST) * LOAD_BUCKET;
  let scheduled = 0;
  let started = 0;
  let due = 0;
  let waited = 0;
  for (const { t, at, attempted = 0, notStarted = 0 } of loads) {
    const left = end - t;
    const late = at - t - LOAD_BUCKET - FORGIVEN;
    if (left > DUST) {
      scheduled += attempted + notStarted;
      due += (attempted + notStarted) * left;
      waited += attempted * Math.min(left, Math.max(0, late)) + notStarted * left;
    }
    if (at <= end + FORGIVEN + DUST) started += attempted;
  }
  return scheduled === 0
    ? undefined
    : { scheduled, started, until: end, waitedShare: waited / due, rate: started / (end - start) };
}
