import { expect, it } from 'vitest';
import { benchMarkdown, benchReport, DATAGRAM_YARDSTICK, YARDSTICK } from '../../bench/report.ts';

const about = { startedAt: '2026-11-24T09:00:00.000Z', rounds: 3, seconds: 2, versions: { wrk: '4.1.0' } };

it('gives medians, spread and ratios, the fastest first, and says who cannot', () => {
  const report = benchReport(
    [
      { name: 'slow', job: 'http', rates: [900, 1000, 1100], lost: [] },
      { name: YARDSTICK, job: 'http', rates: [2000, 2100, 1900], lost: ['it hung'] },
      { name: 'ours', job: 'tcp', rates: [3000, 2500, 3500], lost: [], asked: { rate: 3600, keptUp: 2 } },
      { name: 'ab', job: 'tcp', rates: [], lost: [], cannot: 'it always sends a request' },
      { name: 'ctload udp', job: 'udp', rates: [150_000], lost: [] },
      { name: DATAGRAM_YARDSTICK, job: 'udp', rates: [120_000], lost: [] },
    ],
    about,
  );
  expect(report.results.map(({ ratioToWrk }) => ratioToWrk)).toEqual([0.5, 1, 1.5, null, null, null]);
  const rows = benchMarkdown(report)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| tool'));
  expect(rows).toEqual([
    '| wrk, 2 threads | 2,000 | 1,900 – 2,100 | 1.00 | 1 of 4 rounds lost: it hung |',
    '| slow | 1,000 | 900 – 1,100 | 0.50 |  |',
    '| ours | 3,000 | 2,500 – 3,500 | 1.50 | asked for 3,600, kept its schedule in 2 of 3 rounds |',
    '| ab | cannot | | | it always sends a request |',
    '| ctload udp | 150,000 | 150,000 – 150,000 | 1.25 |  |',
    '| trafgen, 1 process | 120,000 | 120,000 – 120,000 | 1.00 |  |',
  ]);
});

it('has no ratio without the yardstick', () => {
  const { results } = benchReport([{ name: 'x', job: 'http', rates: [5], lost: [] }], about);
  expect(results[0]?.ratioToWrk).toBeNull();
});
