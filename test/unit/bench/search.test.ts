import { expect, it } from 'vitest';
import { type SearchBench, searchMarkdown } from '../../bench/search/page.ts';

const TRIAL = { value: 90, choice: 'initial', outcome: 'held', loadSeconds: 30.2, wholeSeconds: 30 } as const;
const BENCH: SearchBench = {
  schema: 'ctload/bench-search@1',
  machine: '2 CPUs',
  versions: { node: 'v20' },
  searches: [
    {
      name: 'held',
      measuredAt: '2026-11-28T10:00:00.000Z',
      args: ['held.yaml'],
      seconds: 120,
      outcome: 'converged',
      answer: 94,
      bracket: null,
      trials: [TRIAL, { ...TRIAL, value: 99, choice: 'curve', outcome: 'broke', loadSeconds: 9.8 }],
      before: { seconds: 286, trials: 8, answer: 93.75 },
      runs: [120, 140].map((seconds) => ({ seconds, trials: 2, answer: 94, broke: 99 })),
    },
    {
      name: 'budget',
      measuredAt: '2026-11-28T10:00:00.000Z',
      args: ['held.yaml', '--budget', '1m'],
      seconds: 50,
      outcome: 'bracket',
      answer: null,
      bracket: [90, null],
      trials: [TRIAL],
      before: null,
      runs: [],
    },
  ],
  known: {
    measuredAt: '2026-11-28T10:00:00.000Z',
    precision: 0.05,
    runs: [104, 94, 96, 100].map((answer) => ({ limit: 100, answer, broke: 101, trials: 3, seconds: 9 })),
  },
  smoke: {
    measuredAt: '2026-11-28T10:00:00.000Z',
    runs: [1, 2, 6].map((start) => ({ start, load: 3, tail: 1.5, end: 0.5 })),
  },
};

it('says what searches took before and now, and how much of it was load', () => {
  const page = searchMarkdown(BENCH);
  expect(page).toContain('| `held.yaml` | 286 s, 8 trials, 93.75 | 130 (120 to 140) s, 2 runs | 2 | 40 s (33 %) | 94 |');
  expect(page).toContain('| `held.yaml --budget 1m` | – | 50 s | 1 | 30 s (60 %) | between 90 and anything |');
  expect(page).toContain('| 1 | 140 | 2 | 94 | 99 |');
  expect(page).toContain('| 2 | 99 | curve | broke | 9.8 s | 30 s |');
});

it('says where the time of a run goes', () => {
  const page = searchMarkdown(BENCH);
  expect(page).toContain('| start: program, lab, processes | 2.00 (1.00 to 6.00) |');
  expect(page).toContain('| all | 7.00 (6.00 to 11.00) |');
  expect(searchMarkdown({ ...BENCH, smoke: null })).not.toContain('smoke');
});

it('counts which known limits were found to the precision, never above', () => {
  expect(searchMarkdown(BENCH)).toContain('Right: 2 of 4, in 9.0 (9.0 to 9.0) s each.');
});
