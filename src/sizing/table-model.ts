import type { EntryLife, EntryState } from '../model/node/entry-life.ts';
import { sum } from '../model/sum.ts';

/**
 * One part of a load as what it does to the conntrack table of one gateway. `ctload run` and `ctload plan` compute with the same
 * functions: the floods of a scenario are components that end, the streams of a plan are components that never do.
 */
export interface Component {
  readonly name: string;
  readonly life: EntryLife;
  /** Seconds an entry stays in `life.ends` before it expires. */
  readonly lingerSeconds: number;
  /** Entries `t` seconds into the load in a table without limit, when an expired one is counted for `lagSeconds` more. */
  entriesAt(t: number, lagSeconds: number): number;
}

/** A part of a load that never changes. */
export interface SteadyComponent extends Component {
  /** Entries that are made per second … */
  readonly rate: number;
  /** … each open for that many seconds before it lingers; Infinity: until the load ends. */
  readonly activeSeconds: number;
  /** Entries that are there all the time … */
  readonly held: number;
  /** … and their state. */
  readonly heldIn: EntryState;
}

/**
 * Longest time for which an expired entry can stay counted: the kernel's garbage collector scans the whole table at least once in
 * 60 s (GC_SCAN_INTERVAL_MAX, nf_conntrack_core.c). Until then it takes up room like a live one.
 */
export const GC_INTERVAL_MAX = 60; // seconds

/**
 * How often the hash chains of a new entry are walked to their end, which reaps the expired entries in them: 2.6 and 3.1 times,
 * measured with short connections on 6.18 (200/s in 4096 buckets, 300/s in 8192). Packets of known connections stop earlier.
 */
const FULL_WALKS = 2.5;
const TUPLES = 2; // every entry is in two buckets, one per direction

/** A component of constant `rate` and `held`. */
export function steadyComponent(part: Omit<SteadyComponent, 'entriesAt'>): SteadyComponent {
  const { held, rate, activeSeconds, lingerSeconds } = part;
  return {
    ...part,
    entriesAt: (t, lagSeconds) => held + (rate === 0 ? 0 : rate * Math.min(t, activeSeconds + lingerSeconds + lagSeconds)),
  };
}

/** Entries `t` seconds into the load in a table without limit; expired ones are counted for `lagSeconds` more. */
export function entriesAt(components: readonly Component[], t: number, lagSeconds: number): number {
  return sum(components, (one) => one.entriesAt(t, lagSeconds));
}

/**
 * Entries once the load has lasted for longer than any entry lives, each gone as it expires: rate × (lifetime + timeout). Infinity
 * when connections are opened and never closed.
 */
export function steadyEntries(components: readonly SteadyComponent[]): number {
  return entriesAt(components, Number.POSITIVE_INFINITY, 0);
}

/** The entries at `t` that early drop may evict. */
export function evictableEntries(components: readonly Component[], t: number): number {
  return sum(components, (one) => (one.life.evictable ? one.entriesAt(t, 0) : 0));
}

/** Entries by state in the steady state, whole numbers. */
export function steadyByState(components: readonly SteadyComponent[]): Partial<Record<EntryState, number>> {
  const states: Partial<Record<EntryState, number>> = {};
  const add = (state: EntryState, entries: number) => {
    if (entries > 0) states[state] = (states[state] ?? 0) + entries;
  };
  for (const { held, heldIn, rate, activeSeconds, lingerSeconds, life } of components) {
    add(life.open, rate * activeSeconds);
    add(heldIn, held);
    add(life.ends, rate * lingerSeconds);
  }
  return Object.fromEntries(Object.entries(states).map(([state, entries]) => [state, Math.round(entries)]));
}

/**
 * Seconds by which an expired entry stays counted, in effect: until the kernel's garbage collector reaches it (up to a minute later),
 * or a new connection walks one of its two hash chains. With v = 2 · 2.5 · new entries per second ÷ buckets and a gc interval P that
 * is (1 − exp(−v·P)) ÷ v. So expired entries never fill more than a fifth of the buckets. An upper bound: alone in a table,
 * short-lived entries make the garbage collector run sooner.
 */
export function gcLag(components: readonly Pick<SteadyComponent, 'rate'>[], buckets: number): number {
  const visits = (TUPLES * FULL_WALKS * sum(components, ({ rate }) => rate)) / buckets;
  return visits === 0 ? GC_INTERVAL_MAX : -Math.expm1(-visits * GC_INTERVAL_MAX) / visits;
}
