import type { ConntrackCounters, ConntrackRecord } from '../model/timeline/sample.ts';
import { COUNTER_NAMES } from './stat.ts';

/** One namespace's conntrack table, read again and again. */
export interface TableReader {
  /** Seconds: reading it more often costs more than it shows. */
  readonly shortestInterval: number;
  /** The table as it is now, at `t`. Counters that stand where they stood are left out. */
  sample(t: number): ConntrackRecord;
  close(): void;
}

/** Keeps of counters those that have changed. */
export class ChangedCounters {
  readonly #before: Partial<Record<keyof ConntrackCounters, number>> = {};

  of(now: Partial<ConntrackCounters>): Partial<ConntrackCounters> {
    const changed: Partial<Record<keyof ConntrackCounters, number>> = {};
    for (const name of COUNTER_NAMES) {
      const value = now[name];
      if (value === undefined || value === this.#before[name]) continue;
      changed[name] = value;
      this.#before[name] = value;
    }
    return changed;
  }
}
