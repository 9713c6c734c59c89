/** An interval of a figure of which more is better. Both ends may be Infinity. */
export type Range = readonly [low: number, high: number];

/**
 * The rank of each interval, 1 for the highest. Those that overlap, directly or through others, share one, and the next rank counts
 * them all (1, 1, 3). Intervals closer than `resolution` overlap. Null for null.
 */
export function ranksOf(ranges: readonly (Range | null)[], resolution = 0): (number | null)[] {
  const known = ranges.flatMap((range, index) => (range === null ? [] : [{ range, index }]));
  known.sort((a, b) => (a.range[1] === b.range[1] ? 0 : b.range[1] > a.range[1] ? 1 : -1));
  const ranks = ranges.map((): number | null => null);
  let rank = 1;
  let lowest = Number.POSITIVE_INFINITY;
  for (const [place, { range, index }] of known.entries()) {
    if (place > 0 && range[1] + resolution < lowest) {
      rank = place + 1;
      lowest = range[0];
    }
    lowest = Math.min(lowest, range[0]);
    ranks[index] = rank;
  }
  return ranks;
}
