import type { Close } from '../../model/input/scenario.ts';
import { type TimeoutName, timeoutSeconds } from '../../model/input/timeouts.ts';
import type { Stream } from '../../model/node/traffic.ts';
import type { Estimate, ObservedLoad, ObservedTable, Spread } from '../../model/result/observed-load.ts';
import { formatDuration } from '../../model/units.ts';
import { type Arrivals, arrivals, rateOf, sumOf } from './arrivals.ts';
import type { BySeconds, Census, EntryClass } from './census.ts';
import { growthOf } from './growth.ts';
import { type Idle, idleOf } from './idle.ts';
import { quantile } from './quantile.ts';
import { anonymiser, topServices } from './services.ts';

export interface ObserveOptions {
  readonly source: string;
  /** Seconds by short name, of the node that was listed. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly staleAfterSeconds: number;
  /** An earlier listing, and the seconds since then. */
  readonly earlier?: { readonly census: Census; readonly seconds: number } | undefined;
  /** How many services to name. */
  readonly top: number;
  readonly anonymise: boolean;
}

export interface Observed {
  readonly table: ObservedTable;
  readonly load: ObservedLoad;
  /** The load as a plan takes it. */
  readonly streams: readonly Stream[];
  /** Timeouts that the entries show, in seconds by short name, where they are not those given. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** One sentence each. */
  readonly assumptions: readonly string[];
}

/** The classes whose timer is set once, and the timeout that it is set to. */
const CLOCKS = {
  time_wait: 'tcp_time_wait',
  close: 'tcp_close',
  close_wait: 'tcp_close_wait',
  half_open: 'tcp_syn_sent',
  dns: 'udp',
  udp: 'udp',
} as const satisfies Partial<Record<EntryClass, TimeoutName>>;
type Clock = keyof typeof CLOCKS;

/** The load behind a listing: what arrives, what is held, what leaks. */
export function observe(census: Census, options: ObserveOptions): Observed {
  const { timeouts, staleAfterSeconds } = options;
  const clocks = Object.fromEntries(
    Object.entries(CLOCKS).map(([name, timeout]) => [name, readClock(census.left[name as Clock], timeout, timeouts)]),
  ) as Record<Clock, ReadClock>;
  const idle = idleOf(census.left.established, timeouts, staleAfterSeconds);
  const load: ObservedLoad = {
    rate: sumOf([clocks.time_wait.rate, clocks.close.rate]),
    held: rateOf(idle.held + census.left.offloaded.entries, 1),
    dnsFlows: clocks.dns.rate,
    udpFlows: clocks.udp.rate,
    closeWaitRate: clocks.close_wait.rate,
    halfOpenRate: clocks.half_open.rate,
    leakRate: idle.leakRate,
  };
  return {
    table: tableOf(census, idle, options),
    load,
    streams: streamsOf(clocks, idle, census),
    timeouts: Object.assign({}, ...Object.values(clocks).map((clock) => clock.timeouts), idle.timeouts),
    assumptions: [
      ...Object.values(clocks).flatMap(({ doubts }) => doubts),
      ...idle.doubts,
      ...(census.cutShort === undefined ? [] : [`the listing ends early: ${census.cutShort}`]),
      ...(census.unnamed === 0
        ? []
        : [`${census.unnamed} entries are of services beyond the first ${census.services.size}, and are not named`]),
      `an ESTABLISHED connection that was idle for ${formatDuration(staleAfterSeconds)} is stale (change with --stale-after)`,
      ...(idle.stale === 0
        ? []
        : [
            'stale connections count as they are; if they are leaks that go on, add --leak-rate with the rate at which they turn stale',
          ]),
      ...(clocks.half_open.rate.value > 0
        ? ['unanswered SYNs: each retransmission sets the timer anew, so their rate is an upper bound']
        : []),
    ],
  };
}

interface ReadClock extends Arrivals {
  /** What the entries say of their timeout, if it is not the given one. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly doubts: readonly string[];
}

function readClock(left: BySeconds, name: TimeoutName, timeouts: ObserveOptions['timeouts']): ReadClock {
  const given = timeoutSeconds(name, timeouts);
  if (left.entries === 0) return { rate: rateOf(0, given), spanSeconds: given, timeouts: {}, doubts: [] };
  if (left.longest > given) {
    const shown = left.longest + 1; // a timer that was just set has its whole timeout left, and seconds are rounded down
    const doubt = `${name} is at least ${formatDuration(left.longest)} on that node, as its entries show; given or assumed: ${formatDuration(given)}`;
    return { ...arrivals(left, shown), timeouts: { [name]: shown }, doubts: [doubt] };
  }
  const doubts =
    left.longest < given - Math.max(5, given / 4)
      ? [
          `no entry under ${name} has more than ${formatDuration(left.longest)} of ${formatDuration(given)} left: nothing came for ${formatDuration(given - left.longest)}, or the timeout of that node is shorter (--timeout ${name}=${formatDuration(left.longest + 1)})`,
        ]
      : [];
  return { ...arrivals(left, given), timeouts: {}, doubts };
}

function tableOf(
  census: Census,
  idle: Idle,
  { source, staleAfterSeconds, top, anonymise, earlier }: ObserveOptions,
): ObservedTable {
  const nameOf = anonymise ? anonymiser() : (service: string) => service;
  const { entries, states, assured, unreplied, damaged, samples, services, left, ages } = census;
  return {
    source,
    entries,
    byState: Object.fromEntries(Object.entries(states).sort(([, a], [, b]) => b - a)),
    assured,
    unreplied,
    damaged: { lines: damaged, samples: samples.map(({ line, text }) => ({ line, text: anonymise ? null : text })) },
    idle: spread(idle.quantile),
    age: ages.entries === 0 ? null : spread((share) => quantile(ages.counts(), share)),
    staleAfterSeconds,
    stale: idle.stale,
    offloaded: left.offloaded.entries,
    unacknowledged: idle.unacknowledged,
    services: topServices(census, { top, nameOf }),
    serviceCount: services.size,
    growth: earlier === undefined ? null : growthOf(earlier.census, census, earlier.seconds, { top, nameOf }),
  };
}

function spread(at: (share: number) => number | null): Spread {
  return { p50: at(0.5), p90: at(0.9), max: at(1) };
}

/** Entries of classes that no stream describes are in the table too, so they count as held. */
function streamsOf(clocks: Readonly<Record<Clock, ReadClock>>, idle: Idle, { left }: Census): Stream[] {
  const rate = ({ rate: { value } }: { readonly rate: Estimate }) => value;
  const held = (name: string, connections: number): Stream => ({ kind: 'held', name, connections, state: 'ESTABLISHED' });
  const requests = (name: string, clock: Clock, close: Close): Stream => ({
    kind: 'requests',
    name,
    rate: rate(clocks[clock]),
    lifetimeSeconds: 0,
    close,
  });
  const streams: Stream[] = [
    requests('requests', 'time_wait', 'fin'),
    requests('resets', 'close', 'rst'),
    requests('close-wait', 'close_wait', 'half'),
    held('open connections', idle.inUse + left.offloaded.entries),
    held('stale connections', idle.stale),
    held('closing', left.closing.entries),
    held('UDP streams', left.udp_stream.entries),
    held('other protocols', left.other.entries),
    { kind: 'dns', name: 'dns', rate: rate(clocks.dns) },
    { kind: 'dns', name: 'udp', rate: rate(clocks.udp) },
    { kind: 'half-open', name: 'half-open', rate: rate(clocks.half_open) },
  ];
  return streams.filter((stream) => (stream.kind === 'held' ? stream.connections : stream.rate) > 0);
}
