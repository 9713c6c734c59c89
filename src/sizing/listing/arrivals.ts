import type { Estimate } from '../../model/result/observed-load.ts';
import type { BySeconds } from './census.ts';

export interface Arrivals {
  readonly rate: Estimate;
  /** Seconds that the entries look back: the timeout, or less where the oldest is younger. */
  readonly spanSeconds: number;
}

/** Of a normal distribution, two-sided 95 %. */
const Z = 1.96;
/** Entries; of fewer the oldest and the youngest say little. */
export const ENOUGH = 20;

/**
 * Arrivals per second of entries whose timer was set once, when they came to this state: each is `timeout` − the time it has left
 * old, so that the entries are a record of the last `timeout` seconds. Where the load is younger than that, the record ends with
 * the last whole second: listed seconds are rounded down, and of the oldest one only a part had arrivals.
 */
export function arrivals(left: BySeconds, timeoutSeconds: number): Arrivals {
  const { entries } = left;
  const [shortest, oldest] = left.counts()[0] ?? [0, 0];
  if (shortest === 0 || entries < ENOUGH) return { rate: rateOf(entries, timeoutSeconds), spanSeconds: timeoutSeconds };
  const wholeSeconds = timeoutSeconds - shortest - 1;
  if (wholeSeconds === 0) return { rate: rateOf(entries, 1), spanSeconds: 1 };
  return { rate: rateOf(entries - oldest, wholeSeconds), spanSeconds: wholeSeconds };
}

/** A rate from a count, with the 95 % interval of a Poisson count (Byar's approximation). */
export function rateOf(entries: number, seconds: number): Estimate {
  const low = entries === 0 ? 0 : entries * (1 - 1 / (9 * entries) - Z / (3 * Math.sqrt(entries))) ** 3;
  const more = entries + 1;
  const high = more * (1 - 1 / (9 * more) + Z / (3 * Math.sqrt(more))) ** 3;
  return { value: entries / seconds, low: Math.max(0, low) / seconds, high: high / seconds };
}

/** The sum of independent estimates. */
export function sumOf(estimates: readonly Estimate[]): Estimate {
  const value = estimates.reduce((sum, one) => sum + one.value, 0);
  const spread = (side: 'low' | 'high') => Math.hypot(...estimates.map((one) => one[side] - one.value));
  return { value, low: Math.max(0, value - spread('low')), high: value + spread('high') };
}
