import { expect, it } from 'vitest';
import { type Range, ranksOf } from '../../../../src/analysis/statistics/ranks.ts';

const NEVER = Number.POSITIVE_INFINITY;

it.each<[string, (Range | null)[], (number | null)[]]>([
  [
    'apart',
    [
      [1, 2],
      [5, 6],
      [3, 4],
    ],
    [3, 1, 2],
  ],
  [
    'overlapping',
    [
      [1, 3],
      [2, 4],
      [5, 6],
    ],
    [2, 2, 1],
  ],
  [
    'overlapping through others',
    [
      [1, 3],
      [2, 5],
      [4, 6],
      [7, 8],
    ],
    [2, 2, 2, 1],
  ],
  [
    'that touch',
    [
      [1, 2],
      [2, 3],
    ],
    [1, 1],
  ],
  [
    'one inside another',
    [
      [1, 9],
      [4, 5],
      [2, 3],
      [0, 0.5],
    ],
    [1, 1, 1, 4],
  ],
  [
    'that held',
    [
      [NEVER, NEVER],
      [3, NEVER],
      [1, 2],
      [NEVER, NEVER],
    ],
    [1, 1, 4, 1],
  ],
  [
    'that held, and one that broke',
    [
      [3, 4],
      [NEVER, NEVER],
    ],
    [2, 1],
  ],
  ['unknown', [null, [1, 2], null, [3, 4]], [null, 2, null, 1]],
  ['none', [], []],
])('ranks of intervals %s', (_, ranges, expected) => {
  expect(ranksOf(ranges)).toEqual(expected);
});

it('does not tell apart what is closer than the resolution', () => {
  expect(
    ranksOf(
      [
        [1, 2],
        [2.01, 3],
      ],
      0.01,
    ),
  ).toEqual([1, 1]);
  expect(
    ranksOf(
      [
        [1, 2],
        [2.02, 3],
      ],
      0.01,
    ),
  ).toEqual([2, 1]);
});
