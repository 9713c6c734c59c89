import { stringify } from 'yaml';
import type { Forwarding } from '../../model/input/tracking.ts';
import type { Stream, Traffic } from '../../model/node/traffic.ts';
import { formatDuration } from '../../model/units.ts';
import { type LoadedScenario, parseScenario, type ScenarioInputs } from '../../scenario/load.ts';
import type { TableSettings } from '../../sizing/node-load.ts';
import { OPENING_SECONDS } from '../../sizing/scale/scale.ts';
import { SHORT_LIFETIME } from '../../sizing/scale/scale-steady.ts';

/** A SYN is retransmitted once (a query never), then the attempt ends, so that the effects of a full table show within the run. */
const CONNECT_TIMEOUT = '1200ms';

export interface VerifyingLoad {
  readonly table: TableSettings;
  readonly traffic: Traffic;
  readonly timeouts: Readonly<Record<string, number>>;
  readonly forwarding: Forwarding;
  readonly seconds: number;
  /** Whether held connections are opened at the start, not at a constant rate. */
  readonly heldAtOnce: boolean;
  readonly description: string;
}

/** The scenario that runs a scaled-down load. */
export function verifyingScenario(load: VerifyingLoad, inputs: ScenarioInputs): LoadedScenario {
  const { table, traffic, timeouts, forwarding, seconds, heldAtOnce } = load;
  const floods = traffic.streams
    .filter(({ name }) => name !== 'prefill')
    .map((stream) => [stream.name, floodOf(stream, seconds, heldAtOnce)]);
  const prefill = traffic.streams.find((stream) => stream.kind === 'held' && stream.name === 'prefill');
  const lifetimes = traffic.streams.flatMap((stream) => (stream.kind === 'requests' ? stream.lifetimeSeconds : []));
  const [lifetime = 0] = lifetimes;
  const text = stringify({
    version: 1,
    name: 'verify',
    description: load.description,
    gateway: {
      dataplane: forwarding.dataplane,
      ...(forwarding.ipvs === undefined ? {} : { ipvs: forwarding.ipvs }),
      conntrack: {
        max: table.max,
        buckets: table.buckets,
        timeouts: Object.fromEntries(Object.entries(timeouts).map(([name, value]) => [name, formatDuration(Math.max(1, value))])),
        ...(prefill?.kind === 'held' ? { prefill: prefill.connections } : {}),
      },
    },
    ...(lifetimes.length === 1 && lifetime > 0 ? { backend: { delay: formatDuration(Math.min(lifetime, SHORT_LIFETIME)) } } : {}),
    floods: Object.fromEntries(floods),
  });
  return parseScenario(text, 'the verifying scenario', inputs);
}

function floodOf(stream: Stream, seconds: number, heldAtOnce: boolean): Record<string, unknown> {
  const duration = `${seconds}s`;
  const arriving = (rate: number) => ({ executor: 'constant-arrival-rate', rate, duration });
  switch (stream.kind) {
    case 'requests':
      return { kind: 'short', ...arriving(stream.rate), close: stream.close, connectTimeout: CONNECT_TIMEOUT };
    case 'leak':
      return { kind: 'stale', ...arriving(stream.rate), connectTimeout: CONNECT_TIMEOUT };
    case 'half-open':
      return { kind: 'half-open', ...arriving(stream.rate) };
    case 'echo':
      return { kind: 'icmp', ...arriving(stream.rate), responseTimeout: CONNECT_TIMEOUT };
    case 'dns':
      return stream.oneWay === true
        ? { kind: 'udp', ...arriving(stream.rate) }
        : { kind: 'udp', ...arriving(stream.rate), reply: true, responseTimeout: CONNECT_TIMEOUT };
    case 'held':
      return heldFlood(stream, seconds, heldAtOnce);
  }
}

/** Held connections are opened at the start; otherwise, if they are the whole load, at a constant rate. */
function heldFlood({ state, connections }: Extract<Stream, { kind: 'held' }>, seconds: number, atOnce: boolean) {
  const duration = `${seconds}s`;
  const long = { kind: 'long', duration, connectTimeout: CONNECT_TIMEOUT };
  if (state === 'ESTABLISHED') {
    return atOnce
      ? { ...long, executor: 'constant-connections', connections }
      : { ...long, executor: 'constant-arrival-rate', rate: connections / OPENING_SECONDS };
  }
  if (state === 'SYN_SENT') return { kind: 'half-open', executor: 'burst', connections };
  if (state === 'UDP_STREAM') {
    // A datagram per flow and second: the entry is a stream after two of them.
    return { kind: 'udp', executor: 'constant-arrival-rate', rate: connections, duration, flows: connections, reply: true };
  }
  if (state === 'ICMP') return { kind: 'icmp', executor: 'burst', connections };
  if (state === 'UDP') return { kind: 'udp', executor: 'burst', connections };
  return {
    kind: 'short',
    executor: 'burst',
    connections,
    close: state === 'CLOSE' ? 'rst' : 'fin',
    connectTimeout: CONNECT_TIMEOUT,
  };
}
