import { otherName } from './other-names.ts';

const TOLERATED = 2; // edits
const LONGEST = 200; // characters; no name is as long, and the time to compute a distance grows with the length

/** `; did you mean NAME?` for the one of `names` that `typed` most likely stands for, else an empty text. */
export function didYouMean(typed: string, names: readonly string[]): string {
  const meant = otherName(typed, names) ?? nearestName(typed, names);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** The nearest of `names` within two edits of `typed`. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  if (typed.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let least = TOLERATED + 1;
  for (const name of names) {
    const edits = distance(typed, name);
    // Two edits turn any two-letter word into any other.
    if (edits < least && edits < name.length - 1) [nearest, least] = [name, edits];
  }
  return nearest;
}

/** Levenshtein distance, letter case not counted. */
export function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
