import { describe, expect, it } from 'vitest';
import { FIND_DEFAULTS, type FindReport, type TrialReport } from '../../../src/model/find.ts';
import { renderFind, trialLine } from '../../../src/report/find-terminal.ts';

const TRIAL: TrialReport = {
  number: 1,
  value: 312.5,
  confirm: true,
  seconds: 60,
  outcome: 'held',
  why: 'The table dropped nothing.',
  peakEntries: 1935,
  drop: 0,
  peakOpen: 1,
  folder: 'trials/01-312.5',
};

const REPORT: FindReport = {
  schema: 'ctload/find@1',
  startedAt: '2026-11-23T14:00:00.000Z',
  durationSeconds: 163,
  version: '0.1.0',
  command: 'ctload find x.yaml',
  scenario: { name: 'x', description: '' },
  variable: 'floods.requests.rate',
  search: FIND_DEFAULTS,
  conntrack: { effectiveMax: 2000, method: 'sysctl', buckets: 2048, prefilled: 0 },
  outcome: 'converged',
  answer: 312.5,
  best: 312.5,
  why: '',
  formula: { rate: 400, lifetimeSeconds: 5, countedSeconds: 6.192 },
  trials: [TRIAL],
};
const words = (report: FindReport) => renderFind(report, { color: false, width: 100 }).replace(/\s+/g, ' ');

describe('the report of a search', () => {
  it('gives the answer, and beside it what the textbook says and why that is not so', () => {
    const text = words(REPORT);
    expect(text).toContain('CONVERGED floods.requests.rate');
    expect(text).toContain('312.5 is the highest value that holds with 2,000 conntrack entries.');
    expect(text).toContain('says 400/s: every entry gone after 5.00 s. What holds is 78 % of that.');
    expect(text).toContain('6.19 s worth of connections');
    expect(text).toMatch(/1 confirm 312\.5 held 60\.0 s 1,935 0/);
    expect(text).not.toContain('allast');
  });

  it('says what ballast does to it', () => {
    expect(words({ ...REPORT, conntrack: { effectiveMax: 2000, method: 'ballast', buckets: 262144, prefilled: 0 } })).toContain(
      'the sysctl method is closer to the truth',
    );
  });

  it('says why there is no answer, and what is known all the same', () => {
    const doomed = { ...REPORT, outcome: 'doomed', answer: null, best: 700, why: 'The generator was the limit.' } as const;
    expect(words(doomed)).toContain('No answer: The generator was the limit. 700 held, but is not the answer.');
    expect(words({ ...doomed, best: null, formula: null, conntrack: null })).toContain('No value is known to hold.');
  });

  it('has one line for every trial while it runs', () => {
    expect(trialLine(TRIAL)).toBe('trial 1: 312.5 (confirming) held, peak 1,935 entries in 60.0 s');
    expect(trialLine({ ...TRIAL, confirm: false, outcome: 'out-of-reach', why: 'max: too large', peakEntries: null })).toBe(
      'trial 1: 312.5 out-of-reach: max: too large',
    );
  });
});
