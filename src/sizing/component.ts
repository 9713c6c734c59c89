import { type TimeoutName, timeoutSeconds } from '../model/input/timeouts.ts';
import type { EntryState, Stream, Traffic } from '../model/node/traffic.ts';
import { GC_INTERVAL_MAX } from './predict.ts';

/** One stream as what it does to the table of one node. */
export interface Component {
  readonly stream: Stream;
  /** Entries that come and go: so many a second … */
  readonly rate: number;
  /** … each ESTABLISHED for so long … */
  readonly activeSeconds: number;
  /** … and so long in `state` before it expires. */
  readonly lingerSeconds: number;
  readonly state: EntryState;
  /** Entries that are there all the time. */
  readonly held: number;
  /** Not ASSURED: early drop may evict them. */
  readonly evictable: boolean;
}

export type Timeouts = Readonly<Record<string, number>>;

/**
 * Times the hash chains of a new entry are walked to their end, which is what reaps the expired entries in them: 2.6 and 3.1,
 * measured with short connections on 6.18 (200/s in 4096 buckets, 300/s in 8192). Packets of known connections stop before.
 */
const FULL_WALKS = 2.5;
const TUPLES = 2; // every entry stands in two buckets

/** The streams as components: peak factor, replicas and dataplane taken in. */
export function componentsOf(traffic: Traffic, timeouts: Timeouts): Component[] {
  const share = (traffic.peakFactor / traffic.replicas) * traffic.entriesPerConnection;
  return traffic.streams.map((stream): Component => {
    const [state, timeout] = endOf(stream);
    return {
      stream,
      state,
      rate: stream.kind === 'held' ? 0 : stream.rate * share,
      held: stream.kind === 'held' ? stream.connections * share : 0,
      activeSeconds: stream.kind === 'requests' ? stream.lifetimeSeconds : 0,
      lingerSeconds: timeoutSeconds(timeout, timeouts),
      evictable: state === 'UDP' || state === 'SYN_SENT',
    };
  });
}

/**
 * State an entry waits in for its end, and its timeout. A FIN close leaves TIME_WAIT, a client's RST CLOSE, a forgotten
 * connection ESTABLISHED, an unanswered SYN SYN_SENT; a query and its answer are over within the 2 s after which UDP
 * would count as a stream (nf_conntrack_proto_tcp.c, nf_conntrack_proto_udp.c).
 */
function endOf(stream: Stream): readonly [EntryState, TimeoutName] {
  switch (stream.kind) {
    case 'requests':
      return stream.close === 'fin' ? ['TIME_WAIT', 'tcp_time_wait'] : ['CLOSE', 'tcp_close'];
    case 'leak':
      return ['ESTABLISHED', 'tcp_established'];
    case 'dns':
      return ['UDP', 'udp'];
    case 'half-open':
      return ['SYN_SENT', 'tcp_syn_sent'];
    case 'held':
      return stream.state === 'ESTABLISHED' ? ['ESTABLISHED', 'tcp_time_wait'] : [stream.state, heldTimeout(stream.state)];
  }
}

function heldTimeout(state: Exclude<EntryState, 'ESTABLISHED'>): TimeoutName {
  const names = { TIME_WAIT: 'tcp_time_wait', CLOSE: 'tcp_close', SYN_SENT: 'tcp_syn_sent', UDP: 'udp' } as const;
  return names[state];
}

/** Entries when the load has gone on for longer than any entry lives and each goes as it expires. */
export function steadyEntries(components: readonly Component[]): number {
  return sum(components, ({ held, rate, activeSeconds, lingerSeconds }) => held + rate * (activeSeconds + lingerSeconds));
}

/** Entries by state in the steady state, whole numbers. */
export function steadyByState(components: readonly Component[]): Partial<Record<EntryState, number>> {
  const states: Partial<Record<EntryState, number>> = {};
  const add = (state: EntryState, entries: number) => {
    if (entries > 0) states[state] = (states[state] ?? 0) + entries;
  };
  for (const { held, rate, activeSeconds, lingerSeconds, state, stream } of components) {
    add(stream.kind === 'dns' ? 'UDP' : 'ESTABLISHED', rate * activeSeconds);
    add(state, held + rate * lingerSeconds);
  }
  return Object.fromEntries(Object.entries(states).map(([state, entries]) => [state, Math.round(entries)]));
}

/**
 * Seconds by which an expired entry stays counted, in effect: until the kernel's gc comes by (up to a minute later), or a new
 * connection walks one of its two hash chains. With v = 2 · 2.5 · new entries a second ÷ buckets and a gc interval P that is
 * (1 − exp(−v·P)) ÷ v. So what has expired never takes more than a fifth of the buckets. An upper bound: alone in a table
 * short-lived entries make the gc come sooner.
 */
export function gcLag(components: readonly Component[], buckets: number): number {
  const visits = (TUPLES * FULL_WALKS * sum(components, ({ rate }) => rate)) / buckets;
  return visits === 0 ? GC_INTERVAL_MAX : -Math.expm1(-visits * GC_INTERVAL_MAX) / visits;
}

/** Entries `t` seconds after the load began, in a table without limit that had only the held ones. */
export function entriesAt(components: readonly Component[], t: number, lagSeconds: number): number {
  return sum(
    components,
    ({ held, rate, activeSeconds, lingerSeconds }) => held + rate * Math.min(t, activeSeconds + lingerSeconds + lagSeconds),
  );
}

export function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
