import { type Deed, type EntryFilter, losesEndpoint } from '../model/input/actions.ts';
import { type Flood, loadSeconds, openSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import { sum } from '../model/sum.ts';
import { type FloodComponent, partsOf } from './floods.ts';
import type { Timeouts } from './streams.ts';

/** When a table that fills takes new connections again, in seconds since the start of the load. */
export interface PredictedRecovery {
  readonly breaksAt: number;
  /** Null: not for a second of load at least, up to its end. */
  readonly recoversAt: number | null;
}

const STEP = 0.02; // seconds, or more where that would make too many
const MOST_STEPS = 6_000;
/** Seconds of load from the recovery on without which it does not count. */
const LEAST_SECONDS = 1;
/** Connections of a step that may find no room for it to count as before: less than one is a matter of rounding. */
const DUST = 0.5;

/**
 * Follows the table of a scenario with its actions in steps of 20 ms, entry by entry as its timer was set: a lowered timeout is that
 * of connections which end later. Connections that find no room wait for their next SYN, which counts as one of before; expired
 * entries go at once, as they nearly do from a full table; connections whose entries were deleted make no new ones. Undefined where
 * nothing is done, where nothing breaks, where endpoints go, and where early drop decides (entries that are not ASSURED).
 * @param max entries that the table has room for
 * @param synSchedule seconds after which a client sends its SYN, and sends it again
 */
export function predictRecovery(scenario: Scenario, max: number, synSchedule: readonly number[]): PredictedRecovery | undefined {
  const { actions = [], floods, gateway } = scenario;
  const seconds = loadSeconds(floods);
  const parts = floods.flatMap((flood) => partsOf(flood, scenario).map((part) => ({ part, flood })));
  if (actions.length === 0 || losesEndpoint(actions) || parts.some(({ part }) => part.life.evictable)) return undefined;
  const table = new Table(max, prefillEntries(gateway.conntrack), gateway.conntrack.timeouts);
  const streams = parts.map(({ part, flood }) => new Stream(part, flood, synSchedule));
  const due = [...actions].sort((a, b) => a.atSeconds - b.atSeconds);
  let breaksAt: number | undefined;
  let recoversAt = 0;
  const steps = Math.min(MOST_STEPS, Math.ceil(seconds / STEP));
  for (let step = 1; step <= steps; step++) {
    const t = (seconds * step) / steps;
    while (due[0] !== undefined && due[0].atSeconds < t) table.act(due.shift() as Deed, streams);
    for (const stream of streams) stream.age(t, table.timeouts);
    const refused = admit(streams, t, table.room(streams));
    if (refused <= DUST) continue;
    breaksAt ??= t;
    recoversAt = t;
  }
  if (breaksAt === undefined) return undefined;
  return { breaksAt, recoversAt: seconds - recoversAt < LEAST_SECONDS ? null : recoversAt };
}

/** Lets in what there is room for, those that wait and those that are new alike; returns how many new ones were refused. */
function admit(streams: readonly Stream[], t: number, room: number): number {
  const wanted = streams.map((stream) => ({ stream, ...stream.arrivals(t) }));
  const needed = sum(wanted, ({ stream, fresh, again }) => (fresh + sum(again, ({ n }) => n)) * stream.each);
  const share = needed <= room ? 1 : Math.max(0, room) / needed;
  for (const { stream, fresh, again } of wanted) {
    for (const { n, sent, since } of again) stream.settle(n, n * share, t, sent, since);
    stream.settle(fresh, fresh * share, t, 0, t);
  }
  return (1 - share) * sum(wanted, ({ fresh }) => fresh);
}

class Table {
  timeouts: Timeouts;
  #max: number;
  #prefilled: number;

  constructor(max: number, prefilled: number, timeouts: Timeouts) {
    this.#max = max;
    this.#prefilled = prefilled;
    this.timeouts = timeouts;
  }

  room(streams: readonly Stream[]): number {
    return this.#max - this.#prefilled - sum(streams, (stream) => stream.entries);
  }

  act(action: Deed, streams: readonly Stream[]): void {
    if ('max' in action) this.#max = action.max;
    else if ('timeouts' in action) this.timeouts = { ...this.timeouts, ...action.timeouts };
    else {
      const filter: EntryFilter = 'delete' in action ? action.delete : {};
      if (matches(filter, 'ESTABLISHED')) this.#prefilled = 0;
      for (const stream of streams) stream.forget(filter);
    }
  }
}

function matches({ state, protocol = 'tcp' }: EntryFilter, of: EntryState): boolean {
  return protocol === 'tcp' && (state === undefined || state === of);
}

interface Batch {
  n: number;
  /** When the connections end (of open entries), or the entries expire (of lingering ones). */
  readonly until: number;
}

/** Connections that wait for their next SYN. */
interface Waiting {
  readonly n: number;
  /** How many SYNs they have sent. */
  readonly sent: number;
  /** When they sent the first. */
  readonly since: number;
  readonly due: number;
}

/** The connections of one flood and their entries. */
class Stream {
  readonly each: number;
  readonly #component: FloodComponent;
  readonly #openSeconds: number;
  readonly #patience: number;
  readonly #schedule: readonly number[];
  #open: Batch[] = [];
  #lingering: Batch[] = [];
  #waiting: Waiting[] = [];
  #held = 0;
  #opened = 0;
  #ended = 0;
  entries = 0;

  constructor(component: FloodComponent, flood: Flood, schedule: readonly number[]) {
    this.#component = component;
    this.#openSeconds = openSeconds(flood);
    this.#patience = 'connectTimeoutSeconds' in flood ? flood.connectTimeoutSeconds : 0;
    this.#schedule = schedule;
    this.each = component.entriesPerConnection;
  }

  /** Ends connections and removes expired entries. */
  age(t: number, timeouts: Timeouts): void {
    const { life, holds, flow } = this.#component;
    const linger = timeoutSeconds(life.timeout, timeouts);
    if (holds) {
      const ended = flow.ended(t);
      const now = Math.min(this.#held, ended - this.#ended);
      this.#ended = ended;
      this.#held -= now;
      if (now > 0) this.#lingering.push({ n: now, until: t + linger });
    }
    for (const { n, until } of takeUntil(this.#open, t)) this.#lingering.push({ n, until: until + linger });
    const expired = takeWhere(this.#lingering, ({ until }) => until <= t);
    this.entries -= this.each * sum(expired, ({ n }) => n);
  }

  /** New connections of the step that ends at `t`, and those whose next SYN is due. */
  arrivals(t: number): { readonly fresh: number; readonly again: readonly Waiting[] } {
    const opened = this.#component.flow.opened(t);
    const fresh = opened - this.#opened;
    this.#opened = opened;
    const again = takeWhere(this.#waiting, ({ due }) => due <= t);
    return { fresh, again };
  }

  /** Of `n` connections `got` an entry; the others send their SYN again while their client waits. */
  settle(n: number, got: number, t: number, sent: number, since: number): void {
    this.entries += got * this.each;
    if (this.#component.holds) this.#held += got;
    else if (got > 0) this.#open.push({ n: got, until: t + this.#openSeconds });
    const offset = this.#schedule[sent + 1];
    if (n - got > 0 && offset !== undefined && offset < this.#patience) {
      this.#waiting.push({ n: n - got, sent: sent + 1, since, due: since + offset });
    }
  }

  /** Removes the entries that an action deletes. */
  forget(filter: EntryFilter): void {
    const { life } = this.#component;
    if (matches(filter, life.open)) {
      this.#held = 0;
      this.#open = [];
    }
    if (matches(filter, life.ends)) this.#lingering = [];
    this.entries = this.each * (this.#held + sum(this.#open, ({ n }) => n) + sum(this.#lingering, ({ n }) => n));
  }
}

/** Removes and returns the first of `batches`, which are in the order of their time, up to `t`. */
function takeUntil(batches: Batch[], t: number): Batch[] {
  const end = batches.findIndex(({ until }) => until > t);
  return batches.splice(0, end === -1 ? batches.length : end);
}

/** Removes and returns those for which `is` holds; a lowered timeout lets later ones expire first. */
function takeWhere<T>(all: T[], is: (one: T) => boolean): T[] {
  const taken = all.filter(is);
  if (taken.length > 0) all.splice(0, all.length, ...all.filter((one) => !is(one)));
  return taken;
}
