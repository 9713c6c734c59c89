import { arrivalsBy, levelAt, rateAt } from '../model/input/arrivals.ts';
import type { ArrivalExecutor, Flood, HeldExecutor, Stage } from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';

/** What one flood does to the table, in seconds of the load. */
export interface Flow {
  /** State an entry waits in for its end. */
  readonly state: 'TIME_WAIT' | 'CLOSE' | 'ESTABLISHED' | 'SYN_SENT' | 'UDP';
  /** Seconds an entry stays in that state before it expires. */
  readonly linger: number;
  /** Connections opened in the first `t` seconds; never falls. */
  opened(t: number): number;
  /** Those of them that have ended, and linger since. */
  ended(t: number): number;
  /** Connections opened a second at `t`. */
  rate(t: number): number;
}

/**
 * A flood as flow through the table. What each kind leaves behind was measured on a forwarding gateway: a FIN close a TIME_WAIT
 * entry, a client's RST a CLOSE entry, a forgotten connection an ESTABLISHED one, an unanswered SYN a SYN_SENT one (facts:
 * nf_conntrack_proto_tcp.c).
 */
export function flowOf(flood: Flood, timeouts: Readonly<Record<string, number>>): Flow {
  const { opened, rate } = openings(flood.shape);
  const local = (at: (seconds: number) => number) => (t: number) => at(t - flood.startTimeSeconds);
  const flow = { opened: local(opened), rate: local(rate) };
  switch (flood.kind) {
    case 'short': {
      const [state, timeout] =
        flood.close === 'fin' ? (['TIME_WAIT', 'tcp_time_wait'] as const) : (['CLOSE', 'tcp_close'] as const);
      return { ...flow, state, linger: timeoutSeconds(timeout, timeouts), ended: flow.opened };
    }
    case 'long':
      return {
        ...flow,
        state: 'TIME_WAIT',
        linger: timeoutSeconds('tcp_time_wait', timeouts),
        ended: local((seconds) => released(flood.shape, seconds)),
      };
    case 'stale':
      return { ...flow, state: 'ESTABLISHED', linger: timeoutSeconds('tcp_established', timeouts), ended: flow.opened };
    case 'half-open':
      return { ...flow, state: 'SYN_SENT', linger: timeoutSeconds('tcp_syn_sent', timeouts), ended: flow.opened };
    case 'udp': // answered or not: a stream (udp_stream) is what still moves after 2 s (nf_conntrack_proto_udp.c)
      return { ...flow, state: 'UDP', linger: timeoutSeconds('udp', timeouts), ended: flow.opened };
  }
}

function openings(shape: Flood['shape']): { opened(seconds: number): number; rate(seconds: number): number } {
  switch (shape.executor) {
    case 'constant-connections':
      return { opened: (seconds) => (seconds < 0 ? 0 : shape.connections), rate: () => 0 };
    case 'ramping-connections':
      return {
        opened: (seconds) => rises(shape, seconds),
        rate: (seconds) => slopeAt(shape.stages, shape.startConnections, seconds),
      };
    default:
      return { opened: (seconds) => arrivalsBy(shape, seconds), rate: (seconds) => rateAt(shape, seconds) };
  }
}

/** Sockets a flood has closed on purpose. Those that arrive at a rate are held until the load ends. */
function released(shape: ArrivalExecutor | HeldExecutor, seconds: number): number {
  if (shape.executor !== 'constant-connections' && shape.executor !== 'ramping-connections') return 0;
  return openings(shape).opened(seconds) - levelAt(shape, seconds);
}

/** The start level and every rise of a ramp up to `seconds`. */
function rises(shape: Extract<HeldExecutor, { executor: 'ramping-connections' }>, seconds: number): number {
  if (seconds < 0) return 0;
  let sum = shape.startConnections;
  let from = shape.startConnections;
  let left = seconds;
  for (const stage of shape.stages) {
    const done = stage.durationSeconds === 0 ? 1 : Math.min(1, left / stage.durationSeconds);
    sum += Math.max(0, stage.target - from) * done;
    left -= stage.durationSeconds;
    from = stage.target;
    if (left < 0) break;
  }
  return sum;
}

function slopeAt(stages: readonly Stage[], start: number, seconds: number): number {
  if (seconds < 0) return 0;
  let from = start;
  let left = seconds;
  for (const stage of stages) {
    if (left < stage.durationSeconds) return Math.max(0, stage.target - from) / stage.durationSeconds;
    left -= stage.durationSeconds;
    from = stage.target;
  }
  return 0;
}
