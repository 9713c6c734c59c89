import { type TimeoutName, timeoutSeconds } from '../../model/input/timeouts.ts';
import type { EntryState } from '../../model/node/entry-life.ts';
import type { Stream, Traffic } from '../../model/node/traffic.ts';
import { sum } from '../../model/sum.ts';
import { formatDuration } from '../../model/units.ts';
import { timeoutsInUse } from '../advice/sensitivity.ts';
import { type PlanInputs, peakEntries } from '../node-load.ts';
import { componentsOf, type Timeouts } from '../streams.ts';
import { GC_INTERVAL_MAX, gcLag, type SteadyComponent, steadyEntries } from '../table-model.ts';
import { type Scaled, smallTable } from './scale.ts';

/** Longest timeout in the scaled-down load, so that entries expire several times within a run of seconds. */
const SHORT_TIMEOUT = 4; // seconds
/** Longest lifetime of connections in the scaled-down load. */
export const SHORT_LIFETIME = 1; // seconds
/**
 * The kernel's gc waits for the mean time that the entries have left, 100 imagined entries of 60 s included (gc_worker and
 * GC_SCAN_INITIAL_COUNT in nf_conntrack_core.c). Entries made at a constant rate have half of their timeout left on average.
 */
const IMAGINED = 100;
/** The predicted peak is 4 and 6 % above the two peaks measured in tables that nothing listed; without this factor, up to 5 % below. */
const LATE = 1.5;
/** The run lasts this many times as long as an entry lives, within the bounds below. */
const LIVES = 4;
const SHORTEST_RUN = 10; // seconds
const LONGEST_RUN = 90; // seconds

/** A scaled-down load in fast motion. */
export interface SteadyScaled extends Scaled {
  /** The gateway's, in seconds. */
  readonly timeouts: Timeouts;
  /** How long the load lasts. */
  readonly seconds: number;
  /** Highest number of entries by the model in a table without limit, expired ones counted for as long as possible. */
  readonly peakEntries: number;
  /** Entries that have not expired in the steady state. */
  readonly liveEntries: number;
}

/**
 * The same load in a small table with the same number of entries per bucket, and timeouts so short that it reaches its steady state within
 * a run. Every stream fills the same share of the table as at the plan's peak, expired entries included.
 */
export function scaleSteady(setting: PlanInputs): SteadyScaled {
  const table = smallTable(setting.table);
  const names = shortenedTimeouts(setting.traffic);
  const shortened = names.map((name) => [name, Math.min(SHORT_TIMEOUT, timeoutSeconds(name, setting.timeouts))] as const);
  const timeouts = { ...setting.timeouts, ...Object.fromEntries(shortened) };
  const { traffic, lag } = inSmall(setting, timeouts, table);
  const components = componentsOf(traffic, timeouts);
  const lives = components.filter(({ rate }) => rate > 0).map((one) => lifeOf(one) + lag);
  return {
    table,
    traffic,
    timeouts,
    seconds: Math.ceil(Math.min(LONGEST_RUN, Math.max(SHORTEST_RUN, LIVES * Math.max(0, ...lives)))),
    peakEntries: Math.ceil((peakEntries(setting) / setting.table.max) * table.max),
    liveEntries: Math.floor(steadyEntries(components)),
    rateScale: ratio(totalRate(traffic), totalRate(setting.traffic)),
    heldScale: (table.max / setting.table.max) * spreadOf(setting.traffic),
    notes: shortenedNote(names, setting.timeouts),
  };
}

/** Held connections have heartbeats, so they outlive a short timeout; a long one would lengthen the gc's interval. */
function shortenedTimeouts(traffic: Traffic): TimeoutName[] {
  const has = (state: EntryState) => traffic.streams.some((stream) => stream.kind === 'held' && stream.state === state);
  const held = [
    ...(has('ESTABLISHED') ? (['tcp_established'] as const) : []),
    ...(has('UDP_STREAM') ? (['udp_stream'] as const) : []),
  ];
  return [...new Set([...timeoutsInUse(traffic), ...held])];
}

/** The load as the clients make it, and the seconds for which an expired entry stays counted in the small table. */
function inSmall(setting: PlanInputs, timeouts: Timeouts, table: PlanInputs['table']): { traffic: Traffic; lag: number } {
  const { traffic } = setting;
  const each = traffic.entriesPerConnection;
  const before = componentsOf(traffic, setting.timeouts);
  const after = componentsOf(shortLived(traffic), timeouts);
  const planned = setting.gcLagSeconds ?? gcLag(before, setting.table.buckets);
  const shrink = table.max / setting.table.max;
  const rates = (lag: number) => before.map((one, i) => (one.rate * shrink * (lifeOf(one) + planned)) / (lifeOf(after[i]) + lag));
  const interval = gcInterval((peakEntries(setting) / setting.table.max) * table.max, traffic);
  let lag = planned;
  // The lag depends on the rates and they depend on it; 20 rounds are accurate to a thousandth.
  for (let round = 0; round < 20; round++) lag = lagInSmall(after, rates(lag), table.buckets, interval);
  const last = rates(lag);
  const streams = traffic.streams.map((stream, i): Stream => {
    if (stream.kind === 'held') {
      return { ...stream, connections: Math.max(1, Math.round(stream.connections * spreadOf(traffic) * shrink)) };
    }
    const scaled = { ...stream, rate: Number(((last[i] ?? 0) / each).toPrecision(6)) };
    return scaled.kind === 'requests' ? { ...scaled, lifetimeSeconds: Math.min(SHORT_LIFETIME, scaled.lifetimeSeconds) } : scaled;
  });
  return { traffic: { streams, peakFactor: 1, replicas: 1, entriesPerConnection: each }, lag };
}

/** Seconds between two scans of the gc with that many entries of short timeouts; prefilled stale entries keep a long one. */
export function gcInterval(entries: number, { streams }: Traffic): number {
  if (streams.some(({ name }) => name === 'prefill')) return GC_INTERVAL_MAX;
  const mean = (IMAGINED * GC_INTERVAL_MAX + (entries * SHORT_TIMEOUT) / 2) / (IMAGINED + entries);
  return Math.min(GC_INTERVAL_MAX, LATE * mean);
}

/** The gc's lag at an interval other than the longest: that of the same load in slow motion, divided. */
export function lagInSmall(
  components: readonly SteadyComponent[],
  rates: readonly number[],
  buckets: number,
  interval: number,
): number {
  const faster = GC_INTERVAL_MAX / interval;
  const slow = components.map((one, i) => ({ ...one, rate: (rates[i] ?? 0) / faster }));
  return gcLag(slow, buckets) / faster;
}

function spreadOf({ peakFactor, replicas }: Traffic): number {
  return peakFactor / replicas;
}

function shortLived(traffic: Traffic): Traffic {
  const streams = traffic.streams.map((stream) =>
    stream.kind === 'requests' ? { ...stream, lifetimeSeconds: Math.min(SHORT_LIFETIME, stream.lifetimeSeconds) } : stream,
  );
  return { ...traffic, streams };
}

function lifeOf(component: { readonly activeSeconds: number; readonly lingerSeconds: number } | undefined): number {
  return component === undefined ? 0 : component.activeSeconds + component.lingerSeconds;
}

function totalRate({ streams }: Traffic): number {
  return sum(streams, (stream) => (stream.kind === 'held' ? 0 : stream.rate));
}

function shortenedNote(names: readonly TimeoutName[], timeouts: Timeouts): string[] {
  const shortened = names.filter((name) => timeoutSeconds(name, timeouts) > SHORT_TIMEOUT);
  if (shortened.length === 0) return [];
  const said = shortened.map((name) => `${name} ${formatDuration(timeoutSeconds(name, timeouts))}`).join(', ');
  return [
    `timeouts are shortened to ${SHORT_TIMEOUT} s (${said} in the plan), and rates raised, so that entries expire within the run`,
  ];
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
