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
    },
  ],
  smoke: {
    measuredAt: '2026-11-28T10:00:00.000Z',
    runs: [1, 2, 6].map((start) => ({ start, load: 3, tail: 1.5, end: 0.5 })),
  },
};

it('says what searches took before and now, and how much of it was load', () => {
  const page = searchMarkdown(BENCH);
  expect(page).toContain('| `held.yaml` | 286 s, 8 trials, 93.75 | 120 s | 2 | 40 s (33 %) | 94 |');
  expect(page).toContain('| `held.yaml --budget 1m` | – | 50 s | 1 | 30 s (60 %) | between 90 and anything |');
  expect(page).toContain('| 2 | 99 | curve | broke | 9.8 s | 30 s |');
});

it('says where the time of a run goes', () => {
  const page = searchMarkdown(BENCH);
  expect(page).toContain('| start: program, lab, processes | 2.00 (1.00 to 6.00) |');
  expect(page).toContain('| all | 7.00 (6.00 to 11.00) |');
  expect(searchMarkdown({ ...BENCH, smoke: null })).not.toContain('smoke');
});
