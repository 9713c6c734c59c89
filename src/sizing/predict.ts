import { loadSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import { sum } from '../model/sum.ts';
import { componentsOf, prefillOf } from './floods.ts';
import { entriesAt, GC_INTERVAL_MAX, steadyEntries } from './table-model.ts';
import { timeCourse } from './time-course.ts';

/**
 * `breaks`: the table fills even if every entry went at the moment it expired. `may-break`: it fills only if expired entries
 * linger, as they do until gc comes by. `holds`: not even then.
 */
export type Outcome = 'breaks' | 'may-break' | 'holds';

export interface FloodPrediction {
  /** Its key in the scenario. */
  readonly name: string;
  /** Entries at their most, however large the table. */
  readonly peakEntries: number;
  /** State an entry is in when its connection is over. */
  readonly leaves: EntryState;
  /** How long it stays, if it goes as it expires. */
  readonly lingerSeconds: number;
}

export interface Prediction {
  readonly outcome: Outcome;
  /** Entries the table may hold. */
  readonly max: number;
  /** Stale entries in the table before the load. */
  readonly prefilled: number;
  /**
   * Seconds after the start of the load at which the table is full; null when it `holds`. When it `may-break`: at the earliest.
   */
  readonly fullAfterSeconds: number | null;
  /** Connections opened a second when the table is full, else the most there are; 0 within a burst. */
  readonly offeredRate: number;
  /** Most entries at once in a table without limit, every entry gone as it expires (rate × timeout, the textbook). */
  readonly peakEntries: number;
  /** The same when nothing expired is reaped for a whole gc interval: what the table must have room for. */
  readonly peakEntriesUnreaped: number;
  /** Entries at the end if the load's last second went on for ever; null when they would grow without limit. */
  readonly steadyEntries: number | null;
  /** Each by itself, in the order of the scenario. */
  readonly floods: readonly FloodPrediction[];
}

/**
 * What the conntrack table of `scenario` will do, from arithmetic alone: entries = opened − those whose timeout is over.
 * Leaves out what is small (attempts under way) and what only a full table does (early drop, retransmissions).
 */
export function predict(scenario: Scenario): Prediction {
  const { conntrack } = scenario.gateway;
  const { max } = conntrack;
  const seconds = loadSeconds(scenario.floods);
  const floods = componentsOf(scenario);
  const prompt = timeCourse(expectedEntries(scenario), seconds, max);
  const lingering = timeCourse(expectedEntries(scenario, GC_INTERVAL_MAX), seconds, max);
  const outcome = prompt.peak > max ? 'breaks' : lingering.peak > max ? 'may-break' : 'holds';
  const full = outcome === 'breaks' ? prompt.reachedAt : outcome === 'may-break' ? lingering.reachedAt : null;
  const rate = (t: number) => sum(floods, ({ flow }) => flow.rate(t));
  const last = Math.max(0, seconds - 1e-6); // schedules are over at their end
  const steady = steadyEntries([prefillOf(scenario), ...floods.map((flood) => flood.continuedAt(last))]);
  return {
    outcome,
    max,
    prefilled: prefillEntries(conntrack),
    fullAfterSeconds: full,
    offeredRate: full === null ? timeCourse(rate, seconds).peak : rate(full),
    peakEntries: prompt.peak,
    peakEntriesUnreaped: lingering.peak,
    steadyEntries: Number.isFinite(steady) ? Math.round(steady) : null,
    floods: floods.map((flood) => ({
      name: flood.name,
      peakEntries: timeCourse((t) => flood.entriesAt(t, 0), seconds).peak,
      leaves: flood.life.ends,
      lingerSeconds: flood.lingerSeconds,
    })),
  };
}

/**
 * Entries expected `t` seconds into the load in a table without limit, prefilled ones included, when an expired entry is counted
 * for `lagSeconds` more.
 */
export function expectedEntries(scenario: Scenario, lagSeconds = 0): (t: number) => number {
  const components = [prefillOf(scenario), ...componentsOf(scenario)];
  return (t) => entriesAt(components, t, lagSeconds);
}
