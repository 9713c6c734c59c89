import { expect, it } from 'vitest';
import { holm } from '../../../../src/analysis/statistics/holm.ts';

// The example of Holm's procedure in R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
it.each([
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [[0.5], [0.5]],
  [
    [0.9, 0.8],
    [1, 1],
  ],
  [
    [0.02, 0.02],
    [0.04, 0.04],
  ],
  [[], []],
])('Holm of %j', (values, expected) => {
  expect(holm(values)).toEqual(expected.map((value) => expect.closeTo(value, 12)));
});
