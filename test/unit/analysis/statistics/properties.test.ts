import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mannWhitney } from '../../../../src/analysis/statistics/mann-whitney.ts';
import { property } from '../../../fixtures/property.ts';

const side = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 7 });

it(
  'the p of two sides is a share, the same for either order and for any unit',
  property([side, side], (first, second) => {
    const p = mannWhitney(first, second);
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThanOrEqual(1);
    expect(mannWhitney(second, first)).toBeCloseTo(p, 12);
    const inOtherUnit = (values: readonly number[]) => values.map((value) => value ** 3 * 7 + 1);
    expect(mannWhitney(inOtherUnit(first), inOtherUnit(second))).toBeCloseTo(p, 12);
    expect(mannWhitney(first, first)).toBe(1);
  }),
);
