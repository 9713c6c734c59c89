import { describe, expect, it } from 'vitest';
import { summarizeRepeats, summarizeSearches } from '../../../../src/analysis/search/repeat.ts';
import { judgeTrial } from '../../../../src/analysis/search/trial.ts';
import { spreadOf } from '../../../../src/analysis/statistics/spread.ts';
import { renderRepeat } from '../../../../src/report/terminal/repeat-terminal.ts';
import { DOOMED, FOUND } from '../../../fixtures/find.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { judgementOf, summarize } from '../../../fixtures/summary.ts';
import { violations } from '../../../schemas/violations.ts';

const HELD = summarize(run(), LATENCY);
const BROKE = summarize(run({ fullAt: 6.005 }), LATENCY);

describe('median and spread', () => {
  it.each([
    [[333], { count: 1, median: 333, min: 333, max: 333, spread: 0 }],
    [[110, 100, 95], { count: 3, median: 100, min: 95, max: 110, spread: 0.1 }],
    [[4, 1, 2, 3], { count: 4, median: 2.5, min: 1, max: 4, spread: 0.6 }],
    [[0, 0], { count: 2, median: 0, min: 0, max: 0, spread: 0 }],
  ])('of %j', (values, expected) => {
    expect(spreadOf(values)).toEqual(expected);
  });

  it('of nothing is nothing', () => {
    expect(spreadOf([])).toBeUndefined();
  });
});

describe('runs repeated', () => {
  it('count only where there is a valid breaking point', () => {
    const bound = { ...BROKE, verdict: { ...BROKE.verdict, validity: 'generator-bound' as const } };
    const report = summarizeRepeats([
      { folder: '01', summary: BROKE, exitCode: 0 },
      { folder: '02', summary: HELD, exitCode: 0 },
      { folder: '03', summary: bound, exitCode: 111 },
    ]);
    expect(violations('repeat', report)).toEqual([]);
    expect(report.breakingPoint?.entries).toEqual({ count: 1, median: 1000, min: 1000, max: 1000, spread: 0 });
    expect(report.runs.map(({ entries }) => entries)).toEqual([1000, null, 1000]);
    const text = renderRepeat(report, { color: false, width: 100 });
    expect(text).toContain('1 of 3 with a valid breaking point');
    expect(text).toMatch(/03 +broke +1,000 +100\/s +6\.0\d s +111/);
  });

  it('say so when none broke', () => {
    const report = summarizeRepeats([{ folder: '01', summary: HELD, exitCode: 0 }]);
    expect(report.breakingPoint).toBeNull();
    expect(renderRepeat(report, { color: false, width: 100 })).toContain('none with a valid breaking point');
  });
});

describe('searches repeated', () => {
  it('count only where there is an answer', () => {
    const report = summarizeSearches([FOUND, DOOMED, { ...FOUND, answer: 300 }]);
    expect(violations('find-repeat', report)).toEqual([]);
    expect(report.searches.map(({ answer }) => answer)).toEqual([312.5, null, 300]);
    expect(report.spread).toMatchObject({ count: 2, min: 300, max: 312.5 });
    expect(violations('find-repeat', summarizeSearches([DOOMED]))).toEqual([]);
    expect(summarizeSearches([DOOMED]).spread).toBeNull();
  });
});

describe('a trial', () => {
  const HOLDING = judgementOf(run(), LATENCY);
  const BROKEN = judgementOf(run({ fullAt: 6.005 }), LATENCY);

  it('holds, or breaks', () => {
    expect(judgeTrial(HOLDING).kind).toBe('held');
    expect(judgeTrial(BROKEN)).toMatchObject({ kind: 'broke', why: BROKEN.verdict.reasons[0] });
  });

  it('that broke late says that the limit is near; one whose table filled up without a turn of its entries does not', () => {
    const { breakingPoint } = BROKEN;
    expect(breakingPoint).not.toBeNull();
    expect(judgeTrial(BROKEN).strains).toEqual([]);
    const late = breakingPoint && { ...breakingPoint, atSeconds: 5 * breakingPoint.atSeconds };
    expect(judgeTrial({ ...BROKEN, breakingPoint: late }).strains).toEqual([{ of: 'table', ratio: 1 }]);
  });

  it('breaks when a threshold fails', () => {
    const thresholds = [{ metric: 'conn_failed', expression: 'rate<0.01', ok: false, observed: 0.5, stoppedAtSeconds: null }];
    expect(judgeTrial({ ...HOLDING, thresholds })).toMatchObject({
      kind: 'broke',
      why: { code: 'threshold-failed', metric: 'conn_failed', expression: 'rate<0.01' },
    });
  });

  it('of a generator at its limit says nothing of the gateway, broken or not', () => {
    for (const summary of [HOLDING, BROKEN]) {
      const verdict = { ...summary.verdict, validity: 'generator-bound' as const };
      expect(judgeTrial({ ...summary, verdict }).kind).toBe('out-of-reach');
    }
  });

  it('breaks when the table dropped and the counters do not reconcile, unless another table dropped too', () => {
    const verdict = { ...BROKEN.verdict, kind: 'inconclusive' as const, validity: 'inconclusive' as const };
    expect(judgeTrial({ ...BROKEN, verdict }).kind).toBe('broke');
    const otherTables = { ...BROKEN.conntrack.otherTables, host: { drop: 1, peakEntries: 9 } };
    expect(judgeTrial({ ...BROKEN, verdict, conntrack: { ...BROKEN.conntrack, otherTables } }).kind).toBe('unclear');
    expect(judgeTrial({ ...HOLDING, verdict }).kind).toBe('unclear');
  });
});
