import { expect, it } from 'vitest';
import { summaryText } from '../../../../src/report/facts/headline.ts';
import { isCertain, reasonsHeading, verdictTitle } from '../../../../src/report/facts/verdict-heading.ts';
import { renderTerminal } from '../../../../src/report/terminal/terminal.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const BROKE = summarize(run({ fullAt: 5 }), LATENCY);

it.each([
  ['no-earlier', 'conntrack table full (no earlier than measured)', 'no earlier than 5.00 s into the load'],
  ['no-later', 'conntrack table full (no later than measured)', 'no later than 5.00 s into the load'],
] as const)('a bound %s is not told as an exact breaking point', (bound, title, when) => {
  const summary = { ...BROKE, verdict: { ...BROKE.verdict, validity: 'inconclusive', bound } } as const;
  expect(verdictTitle(summary)).toBe(title);
  expect(summaryText(summary)).toContain(when);
  expect(isCertain(summary)).toBe(false);
  expect(reasonsHeading(summary)).toBe('Why this is not certain');
  expect(renderTerminal(summary, { color: false, width: 100 })).toContain(title);
});

it('an exact one is told as before', () => {
  expect(verdictTitle(BROKE)).toBe('conntrack table full');
  expect(summaryText(BROKE)).toContain('entries, 5.00 s into the load');
});
