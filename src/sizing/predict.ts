import { bucketsFor, loadSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import { enoughBuckets } from '../model/node/hash-chains.ts';
import { sum } from '../model/sum.ts';
import { componentsOf, type FloodComponent, partsOf, prefillOf } from './floods.ts';
import { flowOf } from './flow.ts';
import { chainsFull, evictedUnnoticed, type FullChains } from './full-table.ts';
import { type PortsSpent, portsSpent } from './source-ports.ts';
import { entriesAt, GC_INTERVAL_MAX, steadyEntries } from './table-model.ts';
import { timeCourse } from './time-course.ts';

/**
 * `breaks`: the table fills even if every entry is removed the moment it expires, or its hash chains are too long before. `evicts`: it
 * fills and evicts flows for which no client waits. `may-break`: it fills only if expired entries stay counted, as they do until the
 * kernel's gc runs. `holds`: not even then.
 */
export type Outcome = 'breaks' | 'evicts' | 'may-break' | 'holds';

export interface FloodPrediction {
  /** Name of the flood: its key in the scenario. */
  readonly name: string;
  /** Highest number of its entries at once, in a table without limit. */
  readonly peakEntries: number;
  /** State of an entry whose connection is over. */
  readonly leaves: EntryState;
  /** Seconds an entry stays in that state until it expires. */
  readonly lingerSeconds: number;
}

export interface Prediction {
  /** Whether the table fills. */
  readonly outcome: Outcome;
  /** Maximum number of entries in the table. */
  readonly max: number;
  /** Stale entries in the table before the load. */
  readonly prefilled: number;
  /**
   * Seconds from the start of the load until the table is full, at the earliest if it `may-break`; null if it `holds`.
   */
  readonly fullAfterSeconds: number | null;
  /** Flows that the full table evicts without affecting a client; null unless it `evicts`. */
  readonly evictedFlows: number | null;
  /** Hash chains that are too long before the table is full; null if they are not. */
  readonly hashChains: FullChains | null;
  /** The first flood for which a gateway that masquerades has too few source ports; null if it has enough. */
  readonly portsSpent: PortsSpent | null;
  /** Connections opened per second at the moment the table is full, else the highest rate; 0 in a burst. */
  readonly offeredRate: number;
  /** Most entries at once in a table without limit, if each is removed the moment it expires (rate × timeout). */
  readonly peakEntries: number;
  /** The same if expired entries stay for a whole gc interval (60 s): the room that the table must have. */
  readonly peakEntriesUnreaped: number;
  /** Entries if the load's last second continued indefinitely; null if they would grow without limit. */
  readonly steadyEntries: number | null;
  /** Each flood by itself, in the order of the scenario. */
  readonly floods: readonly FloodPrediction[];
}

/**
 * Predicts the conntrack table of `scenario` by arithmetic alone: entries = opened connections − those whose timeout has expired.
 * Ignores in-flight attempts, which are few, and what only happens in a full table (early drop, retransmissions).
 */
export function predict(scenario: Scenario): Prediction {
  const { conntrack } = scenario.gateway;
  const { max } = conntrack;
  const seconds = loadSeconds(scenario.floods);
  const floods = componentsOf(scenario);
  const prompt = timeCourse(expectedEntries(scenario), seconds, max);
  const lingering = timeCourse(expectedEntries(scenario, GC_INTERVAL_MAX), seconds, max);
  const full = prompt.peak > max ? prompt.reachedAt : lingering.peak > max ? lingering.reachedAt : null;
  const evicted = prompt.peak > max && full !== null ? evictedUnnoticed(scenario, floods, full, seconds) : null;
  const chains = chainsFull({ max, buckets: bucketsFor(conntrack) }, expectedEntries(scenario), seconds);
  const outcome = outcomeOf(prompt.peak > max, lingering.peak > max, evicted !== null, chains !== null);
  const flows = scenario.floods.map(flowOf);
  const rate = (t: number) => sum(flows, (flow) => flow.rate(t));
  const last = Math.max(0, seconds - 1e-6); // schedules are over at their end
  const steady = steadyEntries([prefillOf(scenario), ...floods.map((flood) => flood.continuedAt(last))]);
  return {
    outcome,
    max,
    prefilled: prefillEntries(conntrack),
    fullAfterSeconds: full,
    evictedFlows: outcome === 'evicts' ? evicted : null,
    hashChains: chains === null ? null : { ...chains, sufficientBuckets: enoughBuckets(max) },
    portsSpent: portsSpent(scenario),
    offeredRate: full === null ? timeCourse(rate, seconds).peak : rate(full),
    peakEntries: prompt.peak,
    peakEntriesUnreaped: lingering.peak,
    steadyEntries: Number.isFinite(steady) ? Math.round(steady) : null,
    floods: scenario.floods.map((flood) => predictFlood(partsOf(flood, scenario), seconds)),
  };
}

/** @param parts of one flood; the first says what its connections leave */
function predictFlood(parts: readonly FloodComponent[], seconds: number): FloodPrediction {
  const [first] = parts;
  if (first === undefined) throw new Error('a flood without entries has a part for that');
  return {
    name: first.name,
    peakEntries: timeCourse((t) => entriesAt(parts, t, 0), seconds).peak,
    leaves: first.life.ends,
    lingerSeconds: first.lingerSeconds,
  };
}

function outcomeOf(fills: boolean, mayFill: boolean, evicts: boolean, chainsFull: boolean): Outcome {
  if (chainsFull) return 'breaks';
  if (fills) return evicts ? 'evicts' : 'breaks';
  return mayFill ? 'may-break' : 'holds';
}

/**
 * Entries expected `t` seconds into the load in a table without limit, prefilled ones included, when an expired entry is counted
 * for `lagSeconds` more.
 */
export function expectedEntries(scenario: Scenario, lagSeconds = 0): (t: number) => number {
  const components = [prefillOf(scenario), ...componentsOf(scenario)];
  return (t) => entriesAt(components, t, lagSeconds);
}
