import type { Spread } from '../../model/result/repeat.ts';

/** The median; of an even number of values the greater of the two in the middle. Null when there are none. */
export function upperMedian(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** Median and spread of repeated measurements; undefined when there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? min) + (sorted[Math.floor(middle)] ?? max)) / 2;
  return {
    count: sorted.length,
    median,
    min,
    max,
    spread: median === 0 ? 0 : Math.max(max - median, median - min) / Math.abs(median),
  };
}
