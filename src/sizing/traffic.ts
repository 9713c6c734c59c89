import { totalArrivals } from '../model/input/arrivals.ts';
import { type Flood, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import type { Stream } from '../model/node/traffic.ts';
import { lifeOf } from './floods.ts';

/** The load of a plan from flags: rates per second, numbers of connections, seconds. Absent ones are 0. */
export interface TrafficFlags {
  readonly rate?: number | undefined;
  readonly lifetimeSeconds?: number | undefined;
  readonly websockets?: number | undefined;
  /** UDP flows that go on, with datagrams both ways. */
  readonly udpStreams?: number | undefined;
  readonly leakRate?: number | undefined;
  /** Connections that one end closes and the other does not. */
  readonly closeWaitRate?: number | undefined;
  readonly dnsQps?: number | undefined;
  /** Requests per connection. */
  readonly keepaliveRequests?: number | undefined;
}

/** The streams of a load given by flags. */
export function streamsOfFlags(flags: TrafficFlags): Stream[] {
  const {
    rate = 0,
    lifetimeSeconds = 0,
    websockets = 0,
    udpStreams = 0,
    leakRate = 0,
    closeWaitRate = 0,
    dnsQps = 0,
    keepaliveRequests = 1,
  } = flags;
  const streams: Stream[] = [
    { kind: 'requests', name: 'requests', rate: rate / keepaliveRequests, lifetimeSeconds, close: 'fin' },
    { kind: 'held', name: 'websockets', connections: websockets, state: 'ESTABLISHED' },
    { kind: 'held', name: 'udp-streams', connections: udpStreams, state: 'UDP_STREAM' },
    { kind: 'leak', name: 'leaks', rate: leakRate },
    { kind: 'requests', name: 'close-wait', rate: closeWaitRate, lifetimeSeconds: 0, close: 'half' },
    { kind: 'dns', name: 'dns', rate: dnsQps },
  ];
  return streams.filter((stream) => (stream.kind === 'held' ? stream.connections : stream.rate) > 0);
}

/** The floods of a scenario as streams, each at its peak, indefinitely. */
export function streamsOfScenario(scenario: Scenario): Stream[] {
  const prefilled = prefillEntries(scenario.gateway.conntrack);
  const stale: Stream = { kind: 'held', name: 'prefill', connections: prefilled, state: 'ESTABLISHED' };
  return [...(prefilled > 0 ? [stale] : []), ...scenario.floods.map((flood) => streamOf(flood, scenario.backend.delaySeconds))];
}

function streamOf(flood: Flood, delaySeconds: number): Stream {
  const { name, shape } = flood;
  const held = (connections: number, state: EntryState): Stream => ({ kind: 'held', name, connections, state });
  if (shape.executor === 'constant-connections') return held(shape.connections, lifeOf(flood).open);
  if (shape.executor === 'ramping-connections') {
    return held(Math.max(shape.startConnections, ...shape.stages.map(({ target }) => target)), lifeOf(flood).open);
  }
  if (flood.kind === 'long') return held(totalArrivals(shape), 'ESTABLISHED'); // open until the load ends
  if (flood.kind === 'udp' && flood.flows !== undefined)
    return held(Math.min(flood.flows, totalArrivals(shape)), lifeOf(flood).open);
  if (shape.executor === 'burst') return held(shape.connections, lifeOf(flood).ends);
  const rate =
    shape.executor === 'constant-arrival-rate'
      ? shape.rate
      : Math.max(shape.startRate, ...shape.stages.map(({ target }) => target));
  switch (flood.kind) {
    case 'short':
      return { kind: 'requests', name, rate, lifetimeSeconds: Math.max(flood.lifetimeSeconds, delaySeconds), close: flood.close };
    case 'stale':
      return { kind: 'leak', name, rate };
    case 'half-open':
      return { kind: 'half-open', name, rate };
    case 'icmp':
      return { kind: 'echo', name, rate };
    case 'dns':
      return { kind: 'dns', name, rate };
    case 'udp':
      return { kind: 'dns', name, rate, ...(flood.reply ? {} : { oneWay: true as const }) };
  }
}
