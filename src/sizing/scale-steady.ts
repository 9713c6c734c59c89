import { type TimeoutName, timeoutSeconds } from '../model/input/timeouts.ts';
import type { Stream, Traffic } from '../model/node/traffic.ts';
import { sum } from '../model/sum.ts';
import { formatDuration } from '../model/units.ts';
import { type PlanInputs, peakEntries } from './node-load.ts';
import { type Scaled, smallTable } from './scale.ts';
import { timeoutsInUse } from './sensitivity.ts';
import { componentsOf, type Timeouts } from './streams.ts';
import { GC_INTERVAL_MAX, gcLag, type SteadyComponent, steadyEntries } from './table-model.ts';

/** Longest timeout in small: entries come and go several times in a run of seconds. */
const SHORT_TIMEOUT = 4; // seconds
/** Longest lifetime in small. */
export const SHORT_LIFETIME = 1; // seconds
/**
 * How much faster the kernel's gc comes in small: it waits for the mean of what the entries have left of their timeouts, at most
 * 60 s (gc_worker in nf_conntrack_core.c), and entries that come at an even rate have half of it left.
 */
const FASTER = GC_INTERVAL_MAX / (SHORT_TIMEOUT / 2);
/** The run lasts several times as long as an entry lives, within these. */
const LIVES = 4;
const SHORTEST_RUN = 10; // seconds
const LONGEST_RUN = 90; // seconds

/** A load in small and in fast motion. */
export interface SteadyScaled extends Scaled {
  /** Of the gateway. */
  readonly timeouts: Timeouts;
  /** Of the load. */
  readonly seconds: number;
  /** Entries at the most by the model, in a table without limit: expired ones counted for as long as they may be. */
  readonly peakEntries: number;
  /** Entries that have not expired, once as many expire as come. */
  readonly liveEntries: number;
}

/**
 * The same load in a small table with the same entries per bucket, and timeouts so short that it reaches its steady state within
 * a run. Every stream takes the share of the table that it takes at the plan's peak, expired entries included: at a timeout that is
 * n times as short with a rate n times as high, the gc and new connections reclaim n times as fast, so the shares stay.
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

/** Held connections have heartbeats, so they outlive a short timeout; with a long one the gc would wait for them. */
function shortenedTimeouts(traffic: Traffic): TimeoutName[] {
  const holds = traffic.streams.some((stream) => stream.kind === 'held' && stream.state === 'ESTABLISHED');
  return [...new Set([...timeoutsInUse(traffic), ...(holds ? (['tcp_established'] as const) : [])])];
}

/** Rates and connections as the clients make them, and the seconds by which an expired entry stays counted there. */
function inSmall(setting: PlanInputs, timeouts: Timeouts, table: PlanInputs['table']): { traffic: Traffic; lag: number } {
  const { traffic } = setting;
  const each = traffic.entriesPerConnection;
  const before = componentsOf(traffic, setting.timeouts);
  const after = componentsOf(shortLived(traffic), timeouts);
  const planned = setting.gcLagSeconds ?? gcLag(before, setting.table.buckets);
  const shrink = table.max / setting.table.max;
  const rates = (lag: number) => before.map((one, i) => (one.rate * shrink * (lifeOf(one) + planned)) / (lifeOf(after[i]) + lag));
  let lag = planned / FASTER;
  // The lag hangs on the rates and they on it; a few rounds are enough for a thousandth.
  for (let round = 0; round < 20; round++) lag = lagInSmall(after, rates(lag), table.buckets);
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

/** The gc's lag where everything is that much faster: the same in slow motion, divided. */
function lagInSmall(components: readonly SteadyComponent[], rates: readonly number[], buckets: number): number {
  const slow = components.map((one, i) => ({ ...one, rate: (rates[i] ?? 0) / FASTER }));
  return gcLag(slow, buckets) / FASTER;
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
