/** What several rounds of one contestant came to; connections a second. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined when there is no value. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined) return undefined;
  return { median: (low + high) / 2, min, max };
}

/** A counter at an instant, seconds of any one clock. */
export interface Reading {
  readonly t: number;
  readonly count: number;
}

/** Left out at either end of a run: start-up, and what trickles in when the time is over. */
const EDGE = 0.1;

/**
 * The rate at which a counter rose between its first and its last step, a tenth of that time left out at either end;
 * 0 when it hardly rose. The same for every contestant, whatever it says of itself and however long it takes to start.
 */
export function steadyRate(readings: readonly Reading[]): number {
  const rises = readings.filter(({ count }, i) => count > (readings[i - 1]?.count ?? count));
  const [first, last] = [rises[0], rises.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const edge = EDGE * (last.t - first.t);
  const inside = readings.filter(({ t }) => t >= first.t + edge && t <= last.t - edge);
  const [from, to] = [inside[0], inside.at(-1)];
  if (from === undefined || to === undefined || to.t === from.t) return 0;
  return (to.count - from.count) / (to.t - from.t);
}

/** The order of round `round`: every contestant follows every other in turn, so that none always runs in another's wake. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const at = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
