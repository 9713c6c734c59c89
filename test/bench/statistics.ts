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

/** Share of what was counted that is left out at either end: start-up, and SYNs that are repeated when the time is over. */
const EDGE = 0.1;

/**
 * The rate at which a counter rose while the middle eight tenths of its whole rise came about; 0 when it hardly rose. The same
 * for every contestant, whatever it says of itself, however long it takes to start and whatever trickles in at the end.
 */
export function steadyRate(readings: readonly Reading[]): number {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const rise = last.count - first.count;
  const from = readings.find(({ count }) => count - first.count >= EDGE * rise);
  const to = readings.findLast(({ count }) => count - first.count <= (1 - EDGE) * rise);
  if (from === undefined || to === undefined || to.t <= from.t) return 0;
  return (to.count - from.count) / (to.t - from.t);
}

/** The order of round `round`: every contestant follows every other in turn, so that none always runs in another's wake. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const at = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
