import type { Bracket, TrialReport } from '../../model/result/find.ts';

/**
 * What trials show of the limit, one after the other: the highest value that held below the lowest that did not. A value that
 * did not hold takes back that the same or a higher one has.
 */
export function bracketOf(trials: readonly Pick<TrialReport, 'value' | 'outcome'>[]): Bracket {
  let held: number | null = null;
  let broke: number | null = null;
  for (const { value, outcome } of trials) {
    if (outcome === 'held') held = Math.max(value, held ?? value);
    if (outcome !== 'broke') continue;
    broke = Math.min(value, broke ?? value);
    if (held !== null && held >= value) held = null;
  }
  return { held, broke };
}
