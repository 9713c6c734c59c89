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
  /** The kernel's own counters at the start of the load, from which on all others here count. */
  readonly base: Readonly<Counters>;
  /** The counters at the end of the run; all 0 when the table was never sampled. */
  readonly totals: Readonly<Counters>;
  /** Whether the kernel's counters were read; if not, all of them are 0 here, which says nothing. */
  readonly counted: boolean;
  /** Insertions that failed because the hash chain was too long, since the start of the load. */
  readonly chainTooLong: number;
  /** Packets that clashed with another one of their flow, and were let through all the same, since the start of the load. */
  readonly clashResolved: number;
  /** Packets that were dropped while the table had room because their entry clashed with another one; no part of `drop`. */
  readonly clashes: Clashes;
}

/** Entries that were not inserted because another one had the same tuple. */
export interface Clashes {
  readonly packets: number;
  /** When the first was dropped, seconds, and the entries in the table then; Infinity and 0 if none was. */
  readonly fromSeconds: number;
  readonly entries: number;
}

const NO_CLASHES: Clashes = { packets: 0, fromSeconds: Number.POSITIVE_INFINITY, entries: 0 };

/** Keeps of one table's records what is judged, for the rest of a long run is too much. Read out once, by `series`. */
export class TableReadings {
  readonly #rows = new TableRows();
  readonly #chainTooLong = new CounterRise();
  readonly #clashResolve = new CounterRise();
  #counted = false;

  /** In any order. */
  add(record: ConntrackRecord): void {
    const { t, entries, drop = Number.NaN, earlyDrop = Number.NaN, insertFailed = Number.NaN, chainTooLong } = record;
    this.#counted ||= !Number.isNaN(drop);
    this.#rows.push({ t, entries, drop, earlyDrop, insertFailed, chainTooLong: chainTooLong ?? Number.NaN });
    if (chainTooLong !== undefined) this.#chainTooLong.add(t, chainTooLong);
    if (record.clashResolve !== undefined) this.#clashResolve.add(t, record.clashResolve);
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
      base: fold.base,
      totals: samples.last ?? { drop: 0, earlyDrop: 0, insertFailed: 0 },
      chainTooLong: this.#chainTooLong.value,
      clashResolved: this.#clashResolve.value,
      clashes: fold.clashes,
    };
  }
}

/** How long a packet may wait in a device of the gateway, seconds: the queues of a guest that has no CPU for a moment. */
const IN_FLIGHT_SECONDS = 1;
/** The most entries that such packets hold, as a share of the limit: more would hide that the limit is another one. */
const IN_FLIGHT = 0.01;

/**
 * Reads the records of one table as they come, and sets the counters to 0 at the last sample before the load.
 *
 * __nf_conntrack_alloc counts a new entry before it compares the count with the limit, and takes it back when there is no
 * room: for microseconds a full table reads up to one entry a CPU above its limit. An entry that it evicts counts until the last
 * packet that refers to it is freed (nf_conntrack_free), which may still wait in a network device: 1,314 of 1,310 were read in a slow
 * guest, 68 evictions within 0.1 s (6.1). Such readings are the limit; anything higher cannot be and is kept aside. Where an
 * action lowers the limit, the entries that are there stay.
 *
 * The kernel counts an entry that clashes with another one in insert_failed and in drop (nf_ct_resolve_clash). As long as no sample
 * shows the table full, what is in both is taken out of drop, which then is what was dropped for want of room.
 */
export class TableFold {
  impossible: TableSeries['impossible'];
  capacity: CapacityCourse;
  readonly #first: number;
  readonly #overshoot: number;
  readonly #now: Counters = { drop: 0, earlyDrop: 0, insertFailed: 0 };
  #base: Counters | undefined;
  #chainTooLong = 0;
  #chainsBefore: number | undefined;
  /** Of the last moments: what early_drop counted from when on. */
  readonly #evictions: { readonly t: number; readonly earlyDrop: number }[] = [];
  #evictedBefore: number | undefined;
  #everFull = false;
  #clashes = NO_CLASHES;

  constructor(meta?: Pick<MetaRecord, 'lab' | 'environment'>, actions: readonly DoneAction[] = []) {
    this.#first = meta?.lab.capacity.effectiveMax ?? Number.POSITIVE_INFINITY;
    this.capacity = new CapacityCourse(this.#first, actions);
    this.#overshoot = meta === undefined ? 0 : cpusOf(meta, 'gateway');
  }

  /** Those so far. */
  get clashes(): Clashes {
    return this.#clashes;
  }

  /** The kernel's own counters at the start of the load. */
  get base(): Readonly<Counters> {
    return this.#base ?? this.#now;
  }

  /** What has been done to the table so far, where that is not known from the start. */
  act(actions: readonly DoneAction[]): void {
    this.capacity = new CapacityCourse(this.#first, actions);
  }

  /**
   * The sample of a record; undefined before the start of the load. A counter that is left out, or NaN, has the value of the
   * record before.
   */
  add(
    record: Pick<ConntrackRecord, 't' | 'entries'> & Partial<Counters & Pick<ConntrackRecord, 'chainTooLong'>>,
  ): TableSample | undefined {
    const { t, entries, chainTooLong = Number.NaN } = record;
    if (!Number.isNaN(chainTooLong)) this.#chainTooLong = chainTooLong;
    for (const name of COUNTERS) {
      const value = record[name] ?? Number.NaN;
      if (!Number.isNaN(value)) this.#now[name] = value;
    }
    if (t < 0) this.#base = { ...this.#now };
    this.#base ??= { ...this.#now };
    if (t < 0) this.#chainsBefore = this.#chainTooLong;
    this.#chainsBefore ??= this.#chainTooLong;
    if (t < 0) return undefined;
    const limit = this.capacity.mostUntil(t);
    const late = Math.min(this.#evictedLately(t), IN_FLIGHT * limit);
    if (entries > limit + this.#overshoot + late) this.impossible ??= { t, entries };
    const drop = this.#now.drop - this.#base.drop;
    const insertFailed = this.#now.insertFailed - this.#base.insertFailed;
    this.#everFull ||= entries >= limit;
    if (!this.#everFull) this.#clash({ t, entries }, drop, insertFailed - (this.#chainTooLong - this.#chainsBefore));
    return {
      t,
      entries: Math.min(entries, limit),
      drop: Math.max(0, drop - this.#clashes.packets),
      earlyDrop: this.#now.earlyDrop - this.#base.earlyDrop,
      insertFailed,
      ...(this.#clashes.packets === 0 ? {} : { clashed: this.#clashes.packets }),
    };
  }

  /** Evictions of the last moments until now. */
  #evictedLately(t: number): number {
    const now = this.#now.earlyDrop;
    const evictions = this.#evictions;
    if (now !== (evictions.at(-1)?.earlyDrop ?? this.#base?.earlyDrop)) evictions.push({ t, earlyDrop: now });
    while ((evictions[0]?.t ?? t) < t - IN_FLIGHT_SECONDS) this.#evictedBefore = evictions.shift()?.earlyDrop;
    return now - (this.#evictedBefore ?? this.#base?.earlyDrop ?? now);
  }

  /** Other programs' insertions that fail are in insert_failed alone. */
  #clash({ t, entries }: { readonly t: number; readonly entries: number }, drop: number, refused: number): void {
    const packets = Math.max(0, Math.min(drop, refused));
    if (packets <= this.#clashes.packets) return;
    const first = this.#clashes.packets > 0 ? this.#clashes : { fromSeconds: t, entries };
    this.#clashes = { packets, fromSeconds: first.fromSeconds, entries: first.entries };
  }
}
