import { arrivalsBy, levelAt, rateAt } from '../model/input/arrivals.ts';
import { FLOOD_TRAITS } from '../model/input/flood-traits.ts';
import type { ArrivalExecutor, Flood, HeldExecutor, Stage } from '../model/input/scenario.ts';

/** The connections of one flood at its clients, in seconds of the load. */
export interface Flow {
  /** Connections opened in the first `t` seconds; never falls. */
  opened(t: number): number;
  /** Those of them that are over. */
  ended(t: number): number;
  /** Connections opened per second at `t`. */
  rate(t: number): number;
}

/** Whether the flows of a flood stay as long as the load lasts, because every datagram refreshes one of them. */
export function goesOn(flood: Flood): boolean {
  return flood.kind === 'udp' && flood.flows !== undefined;
}

/** The connections of `flood` over time. Connections that are not held end as soon as they are opened. */
export function flowOf(flood: Flood): Flow {
  const { opened, rate } = openingsOf(flood);
  const local = (at: (seconds: number) => number) => (t: number) => at(t - flood.startTimeSeconds);
  const ended = FLOOD_TRAITS[flood.kind].holds || goesOn(flood) ? (seconds: number) => released(flood.shape, seconds) : opened;
  return { opened: local(opened), ended: local(ended), rate: local(rate) };
}

/** Datagrams that go round some flows open no more than these. */
function openingsOf(flood: Flood): ReturnType<typeof openings> {
  const all = openings(flood.shape);
  const most = flood.kind === 'udp' ? (flood.flows ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  return {
    opened: (seconds) => Math.min(most, all.opened(seconds)),
    rate: (seconds) => (all.opened(seconds) < most ? all.rate(seconds) : 0),
  };
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

/** Connections that a flood has closed on purpose. Those that arrive at a rate are held until the load ends. */
function released(shape: ArrivalExecutor | HeldExecutor, seconds: number): number {
  if (shape.executor !== 'constant-connections' && shape.executor !== 'ramping-connections') return 0;
  return openings(shape).opened(seconds) - levelAt(shape, seconds);
}

/** The start level of a ramp plus every rise in its first `seconds`. */
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
