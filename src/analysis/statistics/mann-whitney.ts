import { sum } from './sum.ts';

/** Below this a difference is called significant. */
export const ALPHA = 0.05;

/**
 * The exact two-sided p of the Mann–Whitney (Wilcoxon rank-sum) test: of all ways to deal the pooled values out to two groups
 * of these sizes, the share in which the rank sum of the first is at least as far from its mean n(n+m+1)/2 as it is here. Equal
 * values share the mean of their ranks, so that ties are dealt with exactly too. No assumption about the distribution: what a
 * handful of runs can bear. It needs (n+m)·n·(rank sum) steps, which is nothing up to a hundred runs.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): number {
  const ranks = doubledRanks([...first, ...second]);
  const [n, m] = [first.length, second.length];
  const mean = n * (n + m + 1); // doubled, as the ranks
  const distance = Math.abs(sum(ranks.slice(0, n)) - mean);
  const ways = waysToDeal(ranks, n);
  const all = sum(ways);
  return sum(ways.filter((_, rankSum) => Math.abs(rankSum - mean) >= distance)) / all;
}

/** Whether groups of these sizes could be told apart at all: the least p there is, 2 ÷ (n+m choose n), must be below ALPHA. */
export function canTell(n: number, m: number): boolean {
  let choices = 1;
  for (let k = 1; k <= n; k++) choices *= (m + k) / k;
  return n > 0 && m > 0 && 2 / choices < ALPHA;
}

/** Twice the rank of every value, from 1; equal ones share the mean. Whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** In how many ways `n` of the ranks can be chosen, by their sum. */
function waysToDeal(ranks: readonly number[], n: number): number[] {
  const most = sum(ranks);
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(most + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const rank of ranks) {
    for (let chosen = n; chosen >= 1; chosen--) {
      const [to, from] = [ways[chosen] as Float64Array, ways[chosen - 1] as Float64Array];
      for (let total = most; total >= rank; total--) to[total] = (to[total] ?? 0) + (from[total - rank] ?? 0);
    }
  }
  return [...(ways[n] as Float64Array)];
}
