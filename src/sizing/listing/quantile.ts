/**
 * Seconds that `share` of the entries have at most; null if there are none.
 * @param counts entries by seconds, the fewest seconds first
 */
export function quantile(counts: readonly (readonly [seconds: number, entries: number])[], share: number): number | null {
  const wanted = share * counts.reduce((sum, [, entries]) => sum + entries, 0);
  let passed = 0;
  for (const [seconds, entries] of counts) {
    passed += entries;
    if (passed >= wanted) return seconds;
  }
  return null;
}
