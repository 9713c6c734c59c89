import { expect, it } from 'vitest';
import { scrapesOf } from '../../../../src/analysis/series/scrapes.ts';

const sample = (t: number, entries: number) => ({ t, entries, drop: 0, earlyDrop: 0, insertFailed: 0 });
const capacity = { at: () => 100 };

it('sees the latest sample every interval, one at the start of the load, and the table as it was before', () => {
  const samples = [sample(0, 5), sample(4.9, 20), sample(5, 30), sample(12, 90)];
  const { firstAt, samples: scraped } = scrapesOf({ samples, capacity }, 5, 16);
  expect(firstAt).toBe(-600);
  expect(scraped).toHaveLength(120 + 4);
  expect(scraped.slice(0, 120).every(({ entries }) => entries === 5)).toBe(true);
  expect(scraped.slice(120).map(({ entries }) => entries)).toEqual([5, 30, 30, 90]);
});

it('is nothing where nothing was recorded', () => {
  expect(scrapesOf({ samples: [], capacity }, 5, 16).samples).toEqual([]);
});
