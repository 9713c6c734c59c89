import { expect, it } from 'vitest';
import { rotated, spreadOf, steadyRate } from '../../bench/statistics.ts';

it('takes the middle, or the mean of the two in the middle', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spreadOf([])).toBeUndefined();
});

it('counts neither start-up nor what trickles in at the end', () => {
  const readings = Array.from({ length: 61 }, (_, i) => ({ t: i / 10, count: 500 + 100 * Math.min(Math.max(0, i - 20), 30) }));
  expect(steadyRate(readings)).toBeCloseTo(1000, 6);
  expect(steadyRate([...readings, { t: 60, count: 3600 }])).toBeCloseTo(1000, 6);
});

it('is 0 when nothing rose, or too little to tell', () => {
  expect(steadyRate([])).toBe(0);
  expect(steadyRate([1, 2, 3].map((t) => ({ t, count: 7 })))).toBe(0);
  expect(steadyRate([1, 2, 3].map((t) => ({ t, count: t < 2 ? 7 : 8 })))).toBe(0);
});

it('begins every round with another one', () => {
  expect(rotated(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c']);
  expect(rotated(['a', 'b', 'c'], 4)).toEqual(['b', 'c', 'a']);
  expect(rotated([], 3)).toEqual([]);
});
