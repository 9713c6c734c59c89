import { expect, it } from 'vitest';
import { highestRate } from '../../bench/floods.ts';

async function search(limit: number): Promise<{ rate: number; trials: number }> {
  let trials = 0;
  const rate = await highestRate(async (tried) => {
    trials++;
    return tried <= limit;
  });
  return { rate, trials };
}

it.each([500, 2000, 9400, 18_100, 77_000])('finds %i within 2 %%, never above it', async (limit) => {
  const { rate, trials } = await search(limit);
  expect(rate).toBeLessThanOrEqual(limit);
  expect(rate).toBeGreaterThan(limit * 0.975);
  expect(trials).toBeLessThan(14);
});

it('ends when nothing is kept up with, or everything', async () => {
  expect((await search(0)).rate).toBe(0);
  expect((await search(Number.POSITIVE_INFINITY)).rate).toBeGreaterThan(100_000);
});
