import { expect, it } from 'vitest';
import { formatBytes, parseQuantity } from '../../../src/model/quantity.ts';

it.each([
  ['8Gi', 8 * 2 ** 30],
  ['995612Ki', 995_612 * 1024],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['16G', 16e9],
  ['1e9', 1e9],
  ['1048576', 2 ** 20],
  ['64k', 64_000],
])('%s is %d bytes', (text, bytes) => {
  expect(parseQuantity(text)).toBe(bytes);
});

it.each(['8GB', '8 Gi', '-8Gi', '0', '', 'much', '8gi', '64K', '1e400'])('%j is no amount of memory', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

it('is read by people in the largest unit that fits', () => {
  expect([98 * 2 ** 20, 2 ** 33, 1.5 * 2 ** 30, 1000].map(formatBytes)).toEqual(['98 MiB', '8 GiB', '1.5 GiB', '1000 B']);
});
