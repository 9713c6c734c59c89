import { describe, expect, it } from 'vitest';
import { canTell, mannWhitney } from '../../../../src/analysis/statistics/mann-whitney.ts';

describe('the Mann–Whitney test', () => {
  it('gives the exact p of the example in R: wilcox.test (Hollander & Wolfe 1973, permeability constants)', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    expect(mannWhitney(term, early)).toBeCloseTo(0.2544, 4); // R: W = 35, one-sided p-value = 0.1272
  });

  it.each([
    { n: 3, m: 3, p: 2 / 20 },
    { n: 5, m: 5, p: 2 / 252 },
    { n: 4, m: 6, p: 2 / 210 },
  ])('gives 2 ÷ (n+m choose n) for $n against $m that do not overlap', ({ n, m, p }) => {
    const low = Array.from({ length: n }, (_, index) => index);
    const high = Array.from({ length: m }, (_, index) => 100 + index);
    expect(mannWhitney(low, high)).toBeCloseTo(p, 12);
    expect(mannWhitney(high, low)).toBeCloseTo(p, 12);
  });

  it('deals with ties: all equal is no difference, two constants are one', () => {
    expect(mannWhitney([500, 500, 500], [500, 500, 500])).toBe(1);
    expect(mannWhitney([500, 500, 500, 500, 500], [475, 475, 475, 475, 475])).toBeCloseTo(2 / 252, 12);
    // By hand: ranks 1.5 1.5 3.5 3.5; sums of two of them 3 5 5 5 5 7, mean 5, here 3.
    expect(mannWhitney([1, 1], [2, 2])).toBeCloseTo(2 / 6, 12);
  });

  it('takes a run that never broke as above all others', () => {
    const never = Number.POSITIVE_INFINITY;
    expect(mannWhitney([500, 500, 500, 500], [never, never, never, never])).toBeCloseTo(2 / 70, 12);
  });

  it('is quick with a hundred runs', () => {
    const values = (from: number) => Array.from({ length: 50 }, (_, index) => from + index);
    expect(mannWhitney(values(0), values(5))).toBeGreaterThan(mannWhitney(values(0), values(20)));
  });

  it('is only asked where it could find something', () => {
    expect([canTell(1, 1), canTell(3, 3), canTell(3, 5), canTell(4, 4), canTell(0, 9)]).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});
