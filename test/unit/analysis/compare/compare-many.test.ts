import { expect, it } from 'vitest';
import { compareSides } from '../../../../src/analysis/compare/compare.ts';
import { compareMany } from '../../../../src/analysis/compare/compare-many.ts';
import { brokenAt } from '../../../fixtures/compared.ts';

const side = (...entries: number[]) => ({ folder: 'results/side', runs: brokenAt(...entries) });
const LIMIT = { metric: 'breaking_point_entries', share: 0.02 };
const against = (...entries: number[]) => compareSides(side(500, 501, 502, 503), side(...entries), [], [LIMIT]);

it('takes what is significant alone for noise where many are compared', () => {
  const worse = against(470, 471, 472, 473);
  expect(worse.regressions).toEqual(['breaking_point_entries']);
  const { comparisons } = compareMany([worse, against(500, 501, 502, 503), against(499, 501, 502, 504)]);
  const [first] = comparisons;
  expect(first?.regressions).toEqual([]);
  expect(first?.figures[0]).toMatchObject({ p: expect.closeTo((3 * 2) / 70, 5), outcome: 'noise' });
});

it('leaves one comparison as it is', () => {
  const worse = against(470, 471, 472, 473);
  expect(compareMany([worse])).toMatchObject({ base: worse.base, comparisons: [worse] });
});
