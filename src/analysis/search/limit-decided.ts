import type { Decider, TrialReport } from '../../model/result/find.ts';

/**
 * What decided the limit: the same as the lowest value that did not hold, above the highest that did. Null when nothing failed.
 * @param highest the answer, or the highest value that held; null when none did
 */
export function limitDecidedBy(trials: readonly TrialReport[], highest: number | null): Decider | null {
  const above = trials.filter(({ outcome, value }) => outcome === 'broke' && (highest === null || value >= highest));
  const [lowest] = above.sort((a, b) => a.value - b.value);
  return lowest?.decided ?? null;
}
