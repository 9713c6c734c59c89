import type { ConntrackRecord, MetaRecord } from '../model/sample.ts';

const COUNTERS = ['drop', 'earlyDrop', 'insertFailed'] as const;
type Counters = Record<(typeof COUNTERS)[number], number>;

/** A sample with the counters that are judged, as risen since the start of the load. */
export interface TableSample extends Readonly<Counters> {
  readonly t: number;
  /** Ballast not counted; never more than the capacity, see `tableOf`. */
  readonly entries: number;
}

export interface TableSeries {
  /** From the start of the load on. */
  readonly samples: readonly TableSample[];
  /** Samples of more entries than the table can hold, with what was read. */
  readonly impossible: readonly { readonly t: number; readonly entries: number }[];
  readonly peakEntries: number;
}

/**
 * Fills in what the records leave out and sets the counters to 0 at the last sample before the load.
 *
 * __nf_conntrack_alloc counts a new entry before it compares the count with the limit, and takes it back when there is no
 * room: for microseconds a full table reads up to one entry a CPU above its limit. Such readings are the limit; anything
 * higher cannot be and is kept aside. `meta` is given for the gateway's table, whose limit is known.
 */
export function tableOf(records: readonly ConntrackRecord[], meta?: MetaRecord): TableSeries {
  const limit = meta?.lab.capacity.effectiveMax ?? Number.POSITIVE_INFINITY;
  const overshoot = meta?.environment.cpus ?? 0;
  const base: Counters = { drop: 0, earlyDrop: 0, insertFailed: 0 };
  const now: Counters = { ...base };
  const samples: TableSample[] = [];
  const impossible: { t: number; entries: number }[] = [];
  let peakEntries = 0;
  for (const [index, record] of records.entries()) {
    for (const name of COUNTERS) now[name] = record[name] ?? now[name];
    if (record.t < 0 || index === 0) Object.assign(base, now);
    if (record.t < 0) continue;
    if (record.entries > limit + overshoot) impossible.push({ t: record.t, entries: record.entries });
    const entries = Math.min(record.entries, limit);
    peakEntries = Math.max(peakEntries, entries);
    samples.push({
      t: record.t,
      entries,
      drop: now.drop - base.drop,
      earlyDrop: now.earlyDrop - base.earlyDrop,
      insertFailed: now.insertFailed - base.insertFailed,
    });
  }
  return { samples, impossible, peakEntries };
}

/** The counters at the end of the run; all 0 when the table was never sampled. */
export function totalsOf(table: TableSeries): Readonly<Counters> {
  return table.samples.at(-1) ?? { drop: 0, earlyDrop: 0, insertFailed: 0 };
}
