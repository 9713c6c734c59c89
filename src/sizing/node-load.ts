import { dropShareWhenFull } from '../model/node/early-drop.ts';
import type { Stream, Traffic } from '../model/node/traffic.ts';
import type { PlanLoad } from '../model/result/plan/plan.ts';
import { sum } from '../model/sum.ts';
import { breaksFirst } from './breaks-first.ts';
import { chainRefusals, evictsUnnoticed } from './full-table.ts';
import { componentsOf, type Timeouts } from './streams.ts';
import {
  type Component,
  entriesAt,
  evictableEntries,
  GC_INTERVAL_MAX,
  gcLag,
  type SteadyComponent,
  steadyByState,
  steadyEntries,
} from './table-model.ts';

export interface TableSettings {
  readonly max: number;
  readonly buckets: number;
}

/** The inputs of a plan's computation. */
export interface PlanInputs {
  readonly table: TableSettings;
  readonly traffic: Traffic;
  readonly timeouts: Timeouts;
  /** Share of the table that should stay free, 0 to 1. */
  readonly headroom: number;
  /** Seconds for which an expired entry stays counted, if a run has measured it; else the model's figure is used. */
  readonly gcLagSeconds?: number;
}

const DUST = 1e-9;

/** The effect of the load on the table of one node. */
export function loadOn(setting: PlanInputs): PlanLoad {
  const { table, traffic, timeouts, headroom } = setting;
  const components = componentsOf(traffic, timeouts);
  const lag = setting.gcLagSeconds ?? gcLag(components, table.buckets);
  const entries = steadyEntries(components);
  const peak = peakOf(components, lag);
  const holds = peak <= table.max + DUST;
  const allowed = table.max * (1 - headroom);
  const evictable = peak === 0 ? 0 : evictableEntries(components, Number.POSITIVE_INFINITY) / peak;
  const dropShare = dropShareWhenFull(evictable, table.max, table.buckets);
  const refused = chainRefusals(Math.min(peak, table.max), table.buckets);
  return {
    entries: Math.round(entries),
    byState: steadyByState(components),
    utilization: entries / table.max,
    peakEntries: Math.ceil(Math.max(0, peak - DUST)), // never -0
    peakUtilization: peak / table.max,
    gcLagSeconds: lag,
    holds,
    keepsHeadroom: peak <= allowed + DUST,
    safeRate: safeRate(setting),
    timeToFullSeconds: holds ? null : timeToFull(components, table.max, lag),
    recoverySeconds: timeUntil(components, 0, table.max),
    headroomBackSeconds: timeUntil(components, allowed, table.max),
    newEntriesPerSecond: sum(components, ({ rate }) => rate),
    dropShareWhenFull: dropShare,
    outcome: refused > 0 ? 'breaks' : holds ? 'holds' : evictsUnnoticed(traffic, dropShare) ? 'evicts' : 'breaks',
    chainRefusedShare: refused,
    breaksFirst: breaksFirst(components, dropShare),
  };
}

/** Most entries at once, including expired ones that wait for the gc. */
export function peakEntries({ table, traffic, timeouts, gcLagSeconds }: PlanInputs): number {
  const components = componentsOf(traffic, timeouts);
  return peakOf(components, gcLagSeconds ?? gcLag(components, table.buckets));
}

function peakOf(components: readonly Component[], lag: number): number {
  return entriesAt(components, Number.POSITIVE_INFINITY, lag);
}

/** Seconds until the growing count reaches `max`; 0 if the table is full from the start. */
function timeToFull(components: readonly SteadyComponent[], max: number, lag: number): number {
  const longest = Math.max(...components.map(({ activeSeconds, lingerSeconds }) => activeSeconds + lingerSeconds + lag));
  return bisect(0, longest, (t) => entriesAt(components, t, lag) >= max);
}

/**
 * Seconds after the end of the load until a table that was as full as it gets has at most `left` entries. No new connection reaps
 * expired entries any more, so each waits for the gc.
 */
function timeUntil(components: readonly SteadyComponent[], left: number, max: number): number {
  if (components.length === 0) return 0;
  const lag = GC_INTERVAL_MAX;
  const lasting = Math.max(...components.map((one) => one.activeSeconds + one.lingerSeconds + lag));
  const scale = Math.min(1, max / peakOf(components, lag)); // a full table has room for this share of each component
  const after = (t: number) => scale * sum(components, (one) => remaining(one, t, lag));
  return after(0) <= left + DUST ? 0 : bisect(0, lasting, (t) => after(t) <= left + 1e-6 * max);
}

/** Held connections are closed when the load stops, and their entries linger once. */
function remaining({ held, rate, activeSeconds, lingerSeconds }: SteadyComponent, t: number, lag: number): number {
  return (t < lingerSeconds + lag ? held : 0) + rate * Math.max(0, activeSeconds + lingerSeconds + lag - t);
}

const ONE_MORE: Stream = { kind: 'requests', name: 'requests', rate: 1, lifetimeSeconds: 0, close: 'fin' };

/** Highest total rate of the request streams, in their proportions, that keeps the headroom; without any, of short connections. */
function safeRate(setting: PlanInputs): number | null {
  const { table, traffic, headroom } = setting;
  const requests = traffic.streams.filter((stream) => stream.kind === 'requests' && stream.rate > 0);
  const rest = traffic.streams.filter((stream) => stream.kind !== 'requests');
  const shape = requests.length > 0 ? requests : [ONE_MORE];
  const total = sum(shape, (stream) => (stream.kind === 'requests' ? stream.rate : 0));
  if (traffic.entriesPerConnection === 0) return null;
  const fits = (factor: number) => {
    const scaled = shape.map((stream) => (stream.kind === 'requests' ? { ...stream, rate: stream.rate * factor } : stream));
    return peakEntries({ ...setting, traffic: { ...traffic, streams: [...rest, ...scaled] } }) <= table.max * (1 - headroom);
  };
  if (!fits(0)) return 0;
  let high = 1 / total;
  while (fits(high)) high *= 2;
  return total * bisect(0, high, (factor) => !fits(factor));
}

/**
 * Lowest value between `low` and `high` from which on `is` is true; it must not turn false again. Exact to 1e-7 of the value.
 */
export function bisect(low: number, high: number, is: (value: number) => boolean): number {
  if (is(low)) return low;
  let [below, above] = [low, high];
  for (let step = 0; step < 60 && above - below > 1e-7 * above; step++) {
    const middle = (below + above) / 2;
    if (is(middle)) above = middle;
    else below = middle;
  }
  return above;
}
