import type { ConntrackRecord, MetaRecord } from '../model/sample.ts';

const COUNTERS = ['drop', 'earlyDrop', 'insertFailed'] as const;
type Counters = Record<(typeof COUNTERS)[number], number>;

/** A sample with the counters that are judged, as risen since the start of the load. */
export interface TableSample extends Readonly<Counters> {
  readonly t: number;
  /** Ballast not counted; never more than the capacity, see `TableFold`. */
  readonly entries: number;
}

export interface TableSeries {
  /** From the start of the load on. */
  readonly samples: readonly TableSample[];
  /** Samples of more entries than the table can hold, with what was read. */
  readonly impossible: readonly { readonly t: number; readonly entries: number }[];
  readonly peakEntries: number;
}

/** What is judged of a conntrack record; a counter that was left out is undefined. */
export type TableReading = Readonly<Record<keyof Counters, number | undefined>> & Pick<ConntrackRecord, 't' | 'entries'>;

/** The rest of a record need not be kept: of a long run that is most of it. */
export function readingOf({ t, entries, drop, earlyDrop, insertFailed }: ConntrackRecord): TableReading {
  return { t, entries, drop, earlyDrop, insertFailed };
}

/** Fills in what the records leave out; `meta` is given for the gateway's table, whose limit is known. */
export function tableOf(records: readonly TableReading[], meta?: MetaRecord): TableSeries {
  const fold = new TableFold(meta);
  const samples = records.flatMap((record) => fold.add(record) ?? []);
  return { samples, impossible: fold.impossible, peakEntries: samples.reduce((peak, { entries }) => Math.max(peak, entries), 0) };
}

/**
 * Reads the records of one table as they come, and sets the counters to 0 at the last sample before the load.
 *
 * __nf_conntrack_alloc counts a new entry before it compares the count with the limit, and takes it back when there is no
 * room: for microseconds a full table reads up to one entry a CPU above its limit. Such readings are the limit; anything
 * higher cannot be and is kept aside.
 */
export class TableFold {
  readonly impossible: { t: number; entries: number }[] = [];
  readonly #limit: number;
  readonly #overshoot: number;
  readonly #now: Counters = { drop: 0, earlyDrop: 0, insertFailed: 0 };
  #base: Counters | undefined;

  constructor(meta?: Pick<MetaRecord, 'lab' | 'environment'>) {
    this.#limit = meta?.lab.capacity.effectiveMax ?? Number.POSITIVE_INFINITY;
    this.#overshoot = meta?.environment.cpus ?? 0;
  }

  /** The sample of a record; undefined before the start of the load. */
  add(record: Pick<ConntrackRecord, 't' | 'entries'> & Partial<TableReading>): TableSample | undefined {
    for (const name of COUNTERS) this.#now[name] = record[name] ?? this.#now[name];
    if (record.t < 0) this.#base = { ...this.#now };
    this.#base ??= { ...this.#now };
    if (record.t < 0) return undefined;
    if (record.entries > this.#limit + this.#overshoot) this.impossible.push({ t: record.t, entries: record.entries });
    return {
      t: record.t,
      entries: Math.min(record.entries, this.#limit),
      drop: this.#now.drop - this.#base.drop,
      earlyDrop: this.#now.earlyDrop - this.#base.earlyDrop,
      insertFailed: this.#now.insertFailed - this.#base.insertFailed,
    };
  }
}

/** The counters at the end of the run; all 0 when the table was never sampled. */
export function totalsOf(table: TableSeries): Readonly<Counters> {
  return table.samples.at(-1) ?? { drop: 0, earlyDrop: 0, insertFailed: 0 };
}
