import { seeded } from '../../model/random.ts';

const RESAMPLES = 200;
const TAIL = 0.025; // on either side: a 95 % interval

export type Interval = readonly [low: number, high: number];

/**
 * The 95 % percentile interval of `statistic` over resamples of `items` with replacement (Efron 1979), the same for the same
 * seed; null when fewer than half of the resamples have the statistic.
 */
export function bootstrap<Item>(
  items: readonly Item[],
  statistic: (sample: readonly Item[]) => number | null,
  seed: number,
): Interval | null {
  const random = seeded(seed);
  const found: number[] = [];
  const sample = [...items]; // one for all rounds: of a long run it is large
  for (let round = 0; round < RESAMPLES; round++) {
    for (let i = 0; i < sample.length; i++) sample[i] = items[Math.floor(random() * items.length)] as Item;
    const value = statistic(sample);
    if (value !== null) found.push(value);
  }
  if (found.length < RESAMPLES / 2) return null;
  found.sort((a, b) => a - b);
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(share * found.length))] as number;
  return [at(TAIL), at(1 - TAIL)];
}
