import { describe, expect, it } from 'vitest';
import { exitCodeOfSearches } from '../../../../src/commands/exit-code.ts';
import type { FindReport } from '../../../../src/model/result/find.ts';
import { renderFindJunit } from '../../../../src/report/ci/junit-find.ts';
import { DOOMED, FOUND } from '../../../fixtures/find.ts';

describe('junit.xml of a search', () => {
  it('has a case for the answer and for every trial', () => {
    const xml = renderFindJunit([FOUND]);
    expect(xml).toContain('tests="2" failures="0" errors="0"');
    expect(xml).toContain('<testcase name="floods.requests.rate" classname="x.answer" time="163"/>');
    expect(xml).toContain('<testcase name="trial 1: 312.5 confirm" classname="x.trial" time="60"/>');
    expect(xml).toContain('<property name="answer" value="312.5"/>');
  });

  it('fails with the reason and what was tried when there is no answer', () => {
    const xml = renderFindJunit([DOOMED]);
    expect(xml).toContain('tests="3" failures="1" errors="0"');
    expect(xml).toContain(
      '<failure message="No answer: The generator was the limit. 700 held, but was not confirmed." type="doomed">trial 1: 700 held',
    );
    expect(xml).toContain('\ntrial 2: 1,400 out-of-reach, peak 1,935 entries in 60.0 s: It fell behind.</failure>');
    expect(xml).not.toContain('name="answer"');
  });

  it('is green exactly when the search exits with 0, and an abort is no failure but an error', () => {
    const aborted: FindReport = { ...DOOMED, outcome: 'aborted', why: 'aborted by a signal' };
    for (const report of [FOUND, DOOMED, { ...DOOMED, outcome: 'deadline' as const }, aborted]) {
      expect(/<(failure|error) /.test(renderFindJunit([report]))).toBe(exitCodeOfSearches([report]) !== 0);
    }
    expect(renderFindJunit([aborted])).toContain('<error message="No answer: aborted by a signal. ');
  });

  it('keeps several searches apart as suites', () => {
    expect(renderFindJunit([FOUND, DOOMED]).match(/<testsuite .*?id="\d"/g)).toHaveLength(2);
  });
});
