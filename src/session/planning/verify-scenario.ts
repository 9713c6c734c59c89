import { stringify } from 'yaml';
import type { Stream, Traffic } from '../../model/node/traffic.ts';
import { formatDuration } from '../../model/units.ts';
import { type LoadedScenario, parseScenario, type ScenarioInputs } from '../../scenario/load.ts';
import type { TableSettings } from '../../sizing/node-load.ts';
import { OPENING_SECONDS } from '../../sizing/scale.ts';

/**
 * Longest lifetime of connections in the verifying run; an entry counts from its first packet, so a longer one changes nothing.
 */
const LONGEST_LIFETIME = 1; // seconds
/** A SYN is retransmitted once (a query never), then the attempt ends, so that the effects of a full table show within the run. */
const CONNECT_TIMEOUT = '1200ms';

export interface VerifyingLoad {
  readonly table: TableSettings;
  readonly traffic: Traffic;
  readonly timeouts: Readonly<Record<string, number>>;
  readonly dataplane: string;
  /** Seconds after which the table should be full. */
  readonly fullSeconds: number;
}

/** The scenario that runs a scaled-down load until some time after its table is full. */
export function verifyingScenario(load: VerifyingLoad, inputs: ScenarioInputs): LoadedScenario {
  const { table, traffic, timeouts, dataplane, fullSeconds } = load;
  const seconds = Math.ceil(fullSeconds * 1.3 + 1);
  const rates = traffic.streams.some(({ kind }) => kind !== 'held');
  const floods = traffic.streams
    .filter(({ name }) => name !== 'prefill')
    .map((stream) => [stream.name, floodOf(stream, seconds, rates)]);
  const prefill = traffic.streams.find((stream) => stream.kind === 'held' && stream.name === 'prefill');
  const lifetimes = traffic.streams.flatMap((stream) => (stream.kind === 'requests' ? stream.lifetimeSeconds : []));
  const [lifetime = 0] = lifetimes;
  const text = stringify({
    version: 1,
    name: 'verify',
    description: 'The scaled-down load of a plan, until its table is full',
    gateway: {
      dataplane,
      conntrack: {
        max: table.max,
        buckets: table.buckets,
        timeouts: Object.fromEntries(Object.entries(timeouts).map(([name, value]) => [name, formatDuration(value)])),
        ...(prefill?.kind === 'held' ? { prefill: prefill.connections } : {}),
      },
    },
    ...(lifetimes.length === 1 && lifetime > 0
      ? { backend: { delay: formatDuration(Math.min(lifetime, LONGEST_LIFETIME)) } }
      : {}),
    floods: Object.fromEntries(floods),
  });
  return parseScenario(text, 'the verifying scenario', inputs);
}

function floodOf(stream: Stream, seconds: number, rates: boolean): Record<string, unknown> {
  const duration = `${seconds}s`;
  const arriving = (rate: number) => ({ executor: 'constant-arrival-rate', rate, duration });
  switch (stream.kind) {
    case 'requests':
      return { kind: 'short', ...arriving(stream.rate), close: stream.close, connectTimeout: CONNECT_TIMEOUT };
    case 'leak':
      return { kind: 'stale', ...arriving(stream.rate), connectTimeout: CONNECT_TIMEOUT };
    case 'half-open':
      return { kind: 'half-open', ...arriving(stream.rate) };
    case 'dns':
      return { kind: 'udp', ...arriving(stream.rate), reply: true, responseTimeout: CONNECT_TIMEOUT };
    case 'held':
      return heldFlood(stream, seconds, rates);
  }
}

/** Held connections are opened at the start, unless nothing else fills the table: then at a constant rate. */
function heldFlood({ state, connections }: Extract<Stream, { kind: 'held' }>, seconds: number, rates: boolean) {
  const duration = `${seconds}s`;
  if (state === 'ESTABLISHED') {
    return rates
      ? { kind: 'long', executor: 'constant-connections', connections, duration, connectTimeout: CONNECT_TIMEOUT }
      : {
          kind: 'long',
          executor: 'constant-arrival-rate',
          rate: connections / OPENING_SECONDS,
          duration,
          connectTimeout: CONNECT_TIMEOUT,
        };
  }
  if (state === 'SYN_SENT') return { kind: 'half-open', executor: 'burst', connections };
  if (state === 'UDP') return { kind: 'udp', executor: 'burst', connections };
  return {
    kind: 'short',
    executor: 'burst',
    connections,
    close: state === 'CLOSE' ? 'rst' : 'fin',
    connectTimeout: CONNECT_TIMEOUT,
  };
}
