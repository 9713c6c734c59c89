import type { ConntrackRecord, MetaRecord } from '../../model/timeline/sample.ts';
import { CapacityCourse, type DoneAction } from './capacity-course.ts';
import { CounterRise } from './counter-rise.ts';
import { cpusOf } from './machines.ts';
import { TableRows, type TableSample } from './table-rows.ts';

const COUNTERS = ['drop', 'earlyDrop', 'insertFailed'] as const;
type Counters = Record<(typeof COUNTERS)[number], number>;

export interface TableSeries {
  /** From the start of the load on. */
  readonly samples: TableRows;
  /** The first sample of more entries than the table can hold, as it was read. */
  readonly impossible: { readonly t: number; readonly entries: number } | undefined;
  readonly peakEntries: number;
  /** Entries that the table took when there were most. */
  readonly peakCapacity: number;
  /** Entries that the table takes; of others' tables than the gateway's it is not known, and infinite. */
  readonly capacity: CapacityCourse;
  /** The counters at the end of the run; all 0 when the table was never sampled. */
  readonly totals: Readonly<Counters>;
  /** Whether the kernel's counters were read; if not, all of them are 0 here, which says nothing. */
  readonly counted: boolean;
  /** Insertions that failed because the hash chain was too long, since the start of the load. */
  readonly chainTooLong: number;
}

/** Keeps of one table's records what is judged, for the rest of a long run is too much. Read out once, by `series`. */
export class TableReadings {
  readonly #rows = new TableRows();
  readonly #chainTooLong = new CounterRise();
  #counted = false;

  /** In any order. */
  add(record: ConntrackRecord): void {
    const { t, entries, drop = Number.NaN, earlyDrop = Number.NaN, insertFailed = Number.NaN, chainTooLong } = record;
    this.#counted ||= !Number.isNaN(drop);
    this.#rows.push({ t, entries, drop, earlyDrop, insertFailed });
    if (chainTooLong !== undefined) this.#chainTooLong.add(t, chainTooLong);
  }

  /** Fills in what the records leave out; `meta` is given for the gateway's table, whose limit is known, and so are `actions`. */
  series(meta?: MetaRecord, actions: readonly DoneAction[] = []): TableSeries {
    const fold = new TableFold(meta, actions);
    const samples = this.#rows.sorted();
    let peak = { t: 0, entries: 0 };
    samples.rewrite((reading) => {
      const sample = fold.add(reading);
      if (sample !== undefined && sample.entries > peak.entries) peak = sample;
      return sample;
    });
    return {
      samples,
      impossible: fold.impossible,
      peakEntries: peak.entries,
      peakCapacity: fold.capacity.at(peak.t),
      capacity: fold.capacity,
      counted: this.#counted,
      totals: samples.last ?? { drop: 0, earlyDrop: 0, insertFailed: 0 },
      chainTooLong: this.#chainTooLong.value,
    };
  }
}

/**
 * Reads the records of one table as they come, and sets the counters to 0 at the last sample before the load.
 *
 * __nf_conntrack_alloc counts a new entry before it compares the count with the limit, and takes it back when there is no
 * room: for microseconds a full table reads up to one entry a CPU above its limit. Such readings are the limit; anything
 * higher cannot be and is kept aside. Where an action lowers the limit, the entries that are there stay.
 */
export class TableFold {
  impossible: TableSeries['impossible'];
  capacity: CapacityCourse;
  readonly #first: number;
  readonly #overshoot: number;
  readonly #now: Counters = { drop: 0, earlyDrop: 0, insertFailed: 0 };
  #base: Counters | undefined;

  constructor(meta?: Pick<MetaRecord, 'lab' | 'environment'>, actions: readonly DoneAction[] = []) {
    this.#first = meta?.lab.capacity.effectiveMax ?? Number.POSITIVE_INFINITY;
    this.capacity = new CapacityCourse(this.#first, actions);
    this.#overshoot = meta === undefined ? 0 : cpusOf(meta, 'gateway');
  }

  /** What has been done to the table so far, where that is not known from the start. */
  act(actions: readonly DoneAction[]): void {
    this.capacity = new CapacityCourse(this.#first, actions);
  }

  /**
   * The sample of a record; undefined before the start of the load. A counter that is left out, or NaN, has the value of the
   * record before.
   */
  add(record: Pick<ConntrackRecord, 't' | 'entries'> & Partial<Counters>): TableSample | undefined {
    const { t, entries } = record;
    for (const name of COUNTERS) {
      const value = record[name] ?? Number.NaN;
      if (!Number.isNaN(value)) this.#now[name] = value;
    }
    if (t < 0) this.#base = { ...this.#now };
    this.#base ??= { ...this.#now };
    if (t < 0) return undefined;
    const limit = this.capacity.mostUntil(t);
    if (entries > limit + this.#overshoot) this.impossible ??= { t, entries };
    return {
      t,
      entries: Math.min(entries, limit),
      drop: this.#now.drop - this.#base.drop,
      earlyDrop: this.#now.earlyDrop - this.#base.earlyDrop,
      insertFailed: this.#now.insertFailed - this.#base.insertFailed,
    };
  }
}
