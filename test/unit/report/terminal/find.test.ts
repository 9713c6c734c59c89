import { describe, expect, it } from 'vitest';
import type { FindReport } from '../../../../src/model/result/find.ts';
import { renderFind } from '../../../../src/report/terminal/find-terminal.ts';
import { trialLine } from '../../../../src/report/wording/find.ts';
import { DOOMED, FOUND, TRIAL } from '../../../fixtures/find.ts';

const words = (report: FindReport) => renderFind(report, { color: false, width: 100 }).replace(/\s+/g, ' ');

describe('the report of a search', () => {
  it('gives the answer, and what the rule of thumb gives and why that is not so', () => {
    const text = words(FOUND);
    expect(text).toContain('CONVERGED floods.requests.rate');
    expect(text).toContain('312.5 is the highest value that held with 2,000 conntrack entries.');
    expect(text).toContain('gives 400/s: every entry gone after 5.00 s. The measured maximum is 78 % of it.');
    expect(text).toContain('6.19 s of connections');
    expect(text).toMatch(/1 confirm 312\.5 held 60\.0 s 1,935 0/);
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

  it('has one line for every trial while it runs', () => {
    expect(trialLine(TRIAL)).toBe('trial 1: 312.5 (confirming) held, peak 1,935 entries in 60.0 s');
    expect(trialLine({ ...TRIAL, confirm: false, outcome: 'out-of-reach', why: 'max: too large', peakEntries: null })).toBe(
      'trial 1: 312.5 out-of-reach: max: too large',
    );
  });
});
