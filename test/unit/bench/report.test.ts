import { expect, it } from 'vitest';
import { benchMarkdown, benchReport, YARDSTICK } from '../../bench/report.ts';

const about = { startedAt: '2026-11-24T09:00:00.000Z', rounds: 3, seconds: 2, versions: { wrk: '4.1.0' } };

it('gives medians, spread and ratios, the fastest first, and says who cannot', () => {
  const report = benchReport(
    [
      { name: 'slow', job: 'http', rates: [900, 1000, 1100] },
      { name: YARDSTICK, job: 'http', rates: [2000, 2100, 1900] },
      { name: 'ours', job: 'tcp', rates: [3000, 2500, 3500], asked: { rate: 3600, keptUp: 2 } },
      { name: 'ab', job: 'tcp', rates: [], cannot: 'it always sends a request' },
    ],
    about,
  );
  expect(report.results.map(({ ratioToWrk }) => ratioToWrk)).toEqual([0.5, 1, 1.5, null]);
  const rows = benchMarkdown(report)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| tool'));
  expect(rows).toEqual([
    '| wrk, 2 threads | 2,000 | 1,900 – 2,100 | 1.00 |  |',
    '| slow | 1,000 | 900 – 1,100 | 0.50 |  |',
    '| ours | 3,000 | 2,500 – 3,500 | 1.50 | asked for 3,600, kept up in 2 rounds |',
    '| ab | cannot | | | it always sends a request |',
  ]);
});

it('has no ratio without the yardstick', () => {
  const { results } = benchReport([{ name: 'x', job: 'http', rates: [5] }], about);
  expect(results[0]?.ratioToWrk).toBeNull();
});
