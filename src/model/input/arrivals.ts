import type { ArrivalExecutor, HeldExecutor, Stage } from './floods/shape.ts';
import type { UdpFlood } from './scenario.ts';

/** Arrivals closer than this to the end of the schedule come from rounding: 100/s for 10 s are 1000, never 1001. */
const ROUNDING = 1e-9;

/** Expected arrivals of the whole schedule; not a whole number when rate × duration is not. */
export function totalArrivals(shape: ArrivalExecutor): number {
  switch (shape.executor) {
    case 'constant-arrival-rate':
      return shape.rate * shape.durationSeconds;
    case 'ramping-arrival-rate': {
      let sum = 0;
      let from = shape.startRate;
      for (const stage of shape.stages) {
        sum += area(from, stage);
        from = stage.target;
      }
      return sum;
    }
    case 'burst':
      return shape.connections;
  }
}

/** Expected arrivals in the first `seconds` of a flood: continuous (except for a burst), never falling, flat after the end. */
export function arrivalsBy(shape: ArrivalExecutor, seconds: number): number {
  if (seconds < 0) return 0;
  switch (shape.executor) {
    case 'constant-arrival-rate':
      return shape.rate * Math.min(seconds, shape.durationSeconds);
    case 'ramping-arrival-rate': {
      let sum = 0;
      let from = shape.startRate;
      let left = seconds;
      for (const stage of shape.stages) {
        if (left < stage.durationSeconds)
          return sum + left * (from + (left / stage.durationSeconds) * ((stage.target - from) / 2));
        sum += area(from, stage);
        left -= stage.durationSeconds;
        from = stage.target;
      }
      return sum;
    }
    case 'burst':
      return shape.connections;
  }
}

/** Scheduled arrivals per second, `seconds` into a flood; 0 outside its schedule and for a burst, which has no rate. */
export function rateAt(shape: ArrivalExecutor, seconds: number): number {
  if (seconds < 0) return 0;
  switch (shape.executor) {
    case 'constant-arrival-rate':
      return seconds < shape.durationSeconds ? shape.rate : 0;
    case 'ramping-arrival-rate':
      return along(shape.startRate, shape.stages, seconds) ?? 0;
    case 'burst':
      return 0;
  }
}

/**
 * Seconds from a flood's start to its arrival number `n`, counted from 0: the moment from which `arrivalsBy` exceeds `n`.
 * `n` may be any real number ≥ 0 (Poisson arrivals are at sums of unit exponentials). Undefined once the schedule has ended:
 * a total of 1000 has arrivals 0 to 999.
 */
export function timeOfArrival(shape: ArrivalExecutor, n: number): number | undefined {
  switch (shape.executor) {
    case 'constant-arrival-rate':
      return n < shape.rate * shape.durationSeconds - ROUNDING ? n / shape.rate : undefined;
    case 'ramping-arrival-rate':
      return timeInRamps(shape.startRate, shape.stages, n);
    case 'burst':
      return n < shape.connections ? 0 : undefined;
  }
}

/**
 * Connections that a held flood should have open `seconds` after its start. `constant-connections` closes all at the end of its
 * duration; `ramping-connections` keeps its last target until the load ends (a last stage with target 0 closes them).
 */
export function levelAt(shape: HeldExecutor, seconds: number): number {
  if (seconds < 0) return 0;
  if (shape.executor === 'constant-connections') return seconds < shape.durationSeconds ? shape.connections : 0;
  return along(shape.startConnections, shape.stages, seconds) ?? shape.stages.at(-1)?.target ?? shape.startConnections;
}

function area(from: number, stage: Stage): number {
  return (stage.durationSeconds * (from + stage.target)) / 2;
}

/** Value of a piecewise linear curve at `seconds`; undefined after its end. A stage of 0 s is a jump. */
function along(start: number, stages: readonly Stage[], seconds: number): number | undefined {
  let from = start;
  let left = seconds;
  for (const stage of stages) {
    if (left < stage.durationSeconds) return from + ((stage.target - from) * left) / stage.durationSeconds;
    left -= stage.durationSeconds;
    from = stage.target;
  }
  return undefined;
}

function timeInRamps(startRate: number, stages: readonly Stage[], n: number): number | undefined {
  let from = startRate;
  let left = n;
  let before = 0;
  for (const stage of stages) {
    const arrivals = area(from, stage);
    if (left < arrivals - ROUNDING) {
      // Solves from·t + slope/2·t² = left in the form that stays exact when the slope is 0.
      const slope = (stage.target - from) / stage.durationSeconds;
      const root = Math.sqrt(Math.max(0, from * from + 2 * slope * left));
      return before + (left === 0 ? 0 : (2 * left) / (from + root));
    }
    left = Math.max(0, left - arrivals);
    before += stage.durationSeconds;
    from = stage.target;
  }
  return undefined;
}

/** Seconds between two datagrams of a UDP flow that goes on. */
export const UDP_HEARTBEAT = 1;

/**
 * When the datagrams of a flood are sent: of flows that go on, one of each every heartbeat.
 * @param lastsSeconds for how long a ramp's last target is held, from the flood's start
 */
export function datagramsOf({ shape, heartbeatSeconds = UDP_HEARTBEAT }: UdpFlood, lastsSeconds: number): ArrivalExecutor {
  const rate = (flows: number) => flows / heartbeatSeconds;
  switch (shape.executor) {
    case 'constant-connections':
      return { executor: 'constant-arrival-rate', rate: rate(shape.connections), durationSeconds: shape.durationSeconds };
    case 'ramping-connections': {
      const stages = shape.stages.map(({ durationSeconds, target }) => ({ durationSeconds, target: rate(target) }));
      const ramped = stages.reduce((sum, stage) => sum + stage.durationSeconds, 0);
      const rest = { durationSeconds: Math.max(0, lastsSeconds - ramped), target: stages.at(-1)?.target ?? 0 };
      return { executor: 'ramping-arrival-rate', startRate: rate(shape.startConnections), stages: [...stages, rest] };
    }
    default:
      return shape;
  }
}
