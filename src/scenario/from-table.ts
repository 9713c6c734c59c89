import { stringify } from 'yaml';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import type { Stream } from '../model/node/traffic.ts';
import type { ObservedLoad } from '../model/result/observed-load.ts';
import { formatDuration } from '../model/units.ts';
import { printableLine } from '../platform/printable.ts';

/** What was seen in a real table, and how large the lab is to be. */
export interface SeenLoad {
  readonly source: string;
  readonly entries: number;
  readonly load: ObservedLoad;
  readonly streams: readonly Stream[];
  /** Seconds by short name; those that are not the kernel's are written too. */
  readonly timeouts: Readonly<Record<string, number>>;
  /** nf_conntrack_max of the lab's gateway. */
  readonly size: number;
  /** nf_conntrack_max of the node that was listed. */
  readonly limit: number;
}

/** The lab goes on after the first TIME_WAIT entries expire, so that the table is as full as it gets. */
const BEYOND = 60; // seconds
const OPEN = 'open connections'; // what `load.held` says more exactly

/** A scenario with the same mix, scaled so that the lab's table is as full as the real one. */
export function scenarioFromTable(seen: SeenLoad): string {
  const { source, entries, size, limit, timeouts, load } = seen;
  const factor = size / limit;
  const seconds = timeoutSeconds('tcp_time_wait', timeouts) + BEYOND;
  const duration = formatDuration(seconds);
  const prefill = seen.streams.reduce((sum, one) => sum + standing(one, seconds, timeouts), 0);
  const atRate = (rate: number) => ({
    executor: 'constant-arrival-rate',
    rate: Number((rate * factor).toPrecision(4)),
    duration,
  });
  const sockets = Math.round(load.held.value * factor);
  const floods = {
    ...Object.fromEntries(seen.streams.flatMap((stream) => (stream.kind === 'held' ? [] : [floodOf(stream, atRate)]))),
    ...(sockets === 0 ? {} : { sockets: { kind: 'long', executor: 'constant-connections', connections: sockets, duration } }),
    ...(load.leakRate.value === 0 ? {} : { leaked: { kind: 'stale', ...atRate(load.leakRate.value) } }),
  };
  const set = Object.entries(timeouts).map(([name, seconds]) => [name, formatDuration(seconds)]);
  const scenario = {
    version: 1,
    name: 'from-table',
    description: `The load behind a table of ${entries} entries, scaled from ${limit} to ${size}`,
    gateway: {
      conntrack: {
        max: size,
        ...(Math.round(prefill * factor) === 0 ? {} : { prefill: Math.round(prefill * factor) }),
        ...(set.length === 0 ? {} : { timeouts: Object.fromEntries(set) }),
      },
    },
    floods,
  };
  return `# ctload init --from-table ${printableLine(source)}: rates and connections are those of the table × ${Number(factor.toPrecision(3))}.
# prefill stands for what the table holds besides: stale connections, UDP streams, other protocols, and old CLOSE_WAIT.
${stringify(scenario)}`;
}

/** Entries of a stream that its flood, if it has one, cannot make within `seconds`. */
function standing(stream: Stream, seconds: number, timeouts: SeenLoad['timeouts']): number {
  if (stream.kind === 'held') return stream.name === OPEN ? 0 : stream.connections;
  if (stream.kind !== 'requests' || stream.close !== 'half') return 0;
  return stream.rate * Math.max(0, timeoutSeconds('tcp_close_wait', timeouts) - seconds);
}

function floodOf(stream: Exclude<Stream, { kind: 'held' }>, atRate: (rate: number) => object): [string, object] {
  switch (stream.kind) {
    case 'requests':
      return [stream.name, { kind: 'short', ...atRate(stream.rate), close: stream.close }];
    case 'dns':
      return [stream.name, { kind: 'udp', ...atRate(stream.rate), reply: true }];
    case 'echo':
      return [stream.name, { kind: 'icmp', ...atRate(stream.rate) }];
    case 'half-open':
      return [stream.name, { kind: 'half-open', ...atRate(stream.rate) }];
    case 'leak':
      return [stream.name, { kind: 'stale', ...atRate(stream.rate) }];
  }
}
