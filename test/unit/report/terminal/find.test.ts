import { describe, expect, it } from 'vitest';
import type { FindReport, TrialReport } from '../../../../src/model/result/find.ts';
import { renderFindMarkdown } from '../../../../src/report/markdown/find-markdown.ts';
import { renderFind } from '../../../../src/report/terminal/find-terminal.ts';
import { findStory, trialLine, tryingLine } from '../../../../src/report/wording/find.ts';
import { DOOMED, FOUND, TRIAL } from '../../../fixtures/find.ts';

const words = (report: FindReport) => renderFind(report, { color: false, width: 100 }).replace(/\s+/g, ' ');

describe('the report of a search', () => {
  it('gives the answer, and what the rule of thumb gives and why that is not so', () => {
    const text = words(FOUND);
    expect(text).toContain('CONVERGED floods.requests.rate');
    expect(text).toContain('312.5 is the highest value that held with 2,000 conntrack entries.');
    expect(text).toContain('gives 400/s: every entry gone after 5.00 s. The measured maximum is 78 % of it.');
    expect(text).toContain('6.19 s of connections');
    expect(text).toMatch(/1 confirm 312\.5 held 60\.0 s 1,935 0 table/);
    expect(text).not.toContain('allast');
  });

  it('says what ballast does to it', () => {
    expect(words({ ...FOUND, conntrack: { effectiveMax: 2000, method: 'ballast', buckets: 262144, prefilled: 0 } })).toContain(
      'Use method sysctl for searches in which entries expire',
    );
  });

  it('says why there is no answer, and what is known all the same', () => {
    expect(words(DOOMED)).toContain('No answer: The generator was the limit. 700 held, but was not confirmed.');
    expect(words({ ...DOOMED, best: null, formula: null, conntrack: null })).toContain('No tested value held.');
  });

  describe('of which a threshold decided', () => {
    // find scenarios/held.yaml --set gateway.conntrack.max=2k
    const decided = {
      by: 'threshold',
      threshold: { metric: 'conntrack_utilization', expression: 'max<0.5', observed: 0.5035 },
    } as const;
    const failed: TrialReport = { ...TRIAL, number: 2, value: 100, confirm: false, outcome: 'broke', decided, peakEntries: 1007 };
    const report: FindReport = {
      ...FOUND,
      answer: 93.75,
      limitDecidedBy: decided,
      formula: { rate: 340, lifetimeSeconds: 5, countedSeconds: null },
      trials: [failed, { ...TRIAL, value: 93.75 }],
    };

    it('says which, and does not explain the limit by the table', () => {
      const text = words(report);
      expect(text).toContain(
        '93.75 is the highest value that held with 2,000 conntrack entries. Above it, the threshold conntrack_utilization: max<0.5 failed (observed 0.5035); the table still held. 100 did not hold.',
      );
      expect(text).toContain('gives 340/s');
      expect(text).toContain('it is not what this search found, because the threshold conntrack_utilization: max<0.5 failed');
      expect(text).not.toMatch(/measured maximum|28 %|stay counted/);
      expect(text).toMatch(/2 100 failed 60\.0 s 1,007 0 conntrack_utilization max<0\.5/);
    });

    it('says it of each trial as it ends, and in Markdown', () => {
      expect(trialLine(failed)).toBe(
        'trial 2: 100 failed, peak 1,007 entries in 60.0 s: threshold conntrack_utilization: max<0.5 failed (observed 0.5035)',
      );
      expect(renderFindMarkdown(report)).toContain('| conntrack_utilization max&lt;0.5 |');
    });
  });

  it('has one line for every trial while it runs', () => {
    expect(
      tryingLine({ number: 2, value: 95.12, choice: 'confirm' }, { loadSeconds: 60, readySeconds: 0.4, newLab: false }),
    ).toBe(
      'trial 2: trying 95.12, near the limit, long enough to confirm it (table emptied of the last trial’s entries in 0.40 s; up to 60.0 s of load)',
    );
    expect(trialLine(TRIAL)).toBe('trial 1: 312.5 (confirming) held, peak 1,935 entries in 60.0 s');
    expect(trialLine({ ...TRIAL, confirm: false, outcome: 'out-of-reach', why: 'max: too large', peakEntries: null })).toBe(
      'trial 1: 312.5 out-of-reach: max: too large',
    );
  });
});

it.each([
  [
    { held: 93.75, broke: 98.5 },
    'With 2,000 conntrack entries, the limit is between 93.75, which held, and 98.5, which did not: the best bracket within the budget of 120 s, by trials of 30.0 s, not confirmed by a longer one.',
  ],
  [
    { held: 93.75, broke: null },
    'With 2,000 conntrack entries, the limit is 93.75 or above: that held in trials of 30.0 s, and nothing broke within the budget of 120 s.',
  ],
  [
    { held: null, broke: 98.5 },
    'With 2,000 conntrack entries, the limit is below 98.5: that did not hold, and nothing held within the budget of 120 s.',
  ],
])('says the bracket %j that a budget has left as one', (bracket, story) => {
  const report = { ...FOUND, outcome: 'bracket' as const, answer: null, best: bracket.held, budgetSeconds: 120, bracket };
  expect(findStory(report)).toBe(story);
  expect(renderFind(report, { color: false, width: 100 })).toContain('BRACKET');
});
