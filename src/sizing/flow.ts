import { arrivalsBy, levelAt, rateAt, UDP_HEARTBEAT } from '../model/input/arrivals.ts';
import { FLOOD_TRAITS } from '../model/input/flood-traits.ts';
import type { ArrivalExecutor, HeldExecutor, Stage } from '../model/input/floods/shape.ts';
import type { Flood } from '../model/input/scenario.ts';

/** Whether a shape keeps a number of connections or flows open. */
function isHeld({ executor }: Flood['shape']): boolean {
  return executor === 'constant-connections' || executor === 'ramping-connections';
}

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
  return flood.kind === 'udp' && (flood.flows !== undefined || isHeld(flood.shape));
}

/** The connections of `flood` over time. Connections that are not held end as soon as they are opened. */
export function flowOf(flood: Flood): Flow {
  const { opened, rate } = openingsOf(flood);
  const local = (at: (seconds: number) => number) => (t: number) => at(t - flood.startTimeSeconds);
  const holds = FLOOD_TRAITS[flood.kind].holds || goesOn(flood);
  const ended = holds ? (seconds: number) => released(flood.shape, opened, seconds) : opened;
  return { opened: local(opened), ended: local(ended), rate: local(rate) };
}

/** Datagrams that go round some flows open no more than these; one that was silent for a while goes on in its old entry. */
function openingsOf(flood: Flood): ReturnType<typeof openings> {
  const all = openings(flood.shape);
  if (flood.kind !== 'udp') return all;
  const { shape, heartbeatSeconds = UDP_HEARTBEAT } = flood;
  if (shape.executor === 'constant-connections' || shape.executor === 'ramping-connections') {
    const opened = shape.executor === 'constant-connections' ? all.opened : (seconds: number) => highestLevel(shape, seconds);
    return byTurns(opened, heartbeatSeconds);
  }
  const most = flood.flows ?? Number.POSITIVE_INFINITY;
  return {
    opened: (seconds) => Math.min(most, all.opened(seconds)),
    rate: (seconds) => (all.opened(seconds) < most ? all.rate(seconds) : 0),
  };
}

/** Points at which a mean over a heartbeat is taken: a level is straight but for the ends of stages. */
const POINTS = 16;

/** Flows whose first datagram comes when it is their turn: some time within the heartbeat after they were to be open. */
function byTurns(due: (seconds: number) => number, heartbeat: number): ReturnType<typeof openings> {
  const points = Array.from({ length: POINTS }, (_, point) => ((point + 0.5) / POINTS) * heartbeat);
  return {
    opened: (seconds) => points.reduce((sum, late) => sum + due(seconds - late), 0) / POINTS,
    rate: (seconds) => (due(seconds) - due(seconds - heartbeat)) / heartbeat,
  };
}

/** The highest level of a ramp in its first `seconds`. */
function highestLevel(shape: Extract<HeldExecutor, { executor: 'ramping-connections' }>, seconds: number): number {
  if (seconds < 0) return 0;
  let highest = Math.max(shape.startConnections, levelAt(shape, seconds));
  let end = 0;
  for (const stage of shape.stages) {
    end += stage.durationSeconds;
    if (end > seconds) break;
    highest = Math.max(highest, stage.target);
  }
  return highest;
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
function released(shape: ArrivalExecutor | HeldExecutor, opened: (seconds: number) => number, seconds: number): number {
  if (shape.executor !== 'constant-connections' && shape.executor !== 'ramping-connections') return 0;
  return Math.max(0, opened(seconds) - levelAt(shape, seconds)); // flows that wait for their turn are not over
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
