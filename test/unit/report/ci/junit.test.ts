import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../../src/commands/exit-code.ts';
import type { Summary } from '../../../../src/model/result/summary.ts';
import { renderJunit } from '../../../../src/report/ci/junit.ts';
import { LATENCY, load, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const BROKE = summarize(run({ fullAt: 6.005 }), LATENCY);
const threshold = (ok: boolean, observed: number | null) => ({
  metric: 'conn_failed{flood:requests}',
  expression: 'rate<0.01',
  ok,
  observed,
  stoppedAtSeconds: null,
});

describe('junit.xml', () => {
  it('has a case for the verdict, for every threshold and for every flood', () => {
    const xml = renderJunit([{ ...BROKE, thresholds: [threshold(true, 0)] }]);
    expect(xml).toContain('tests="3" failures="0" errors="0"');
    expect(xml).toContain('<testcase name="verdict" classname="test.verdict"');
    expect(xml).toContain('<testcase name="conn_failed{flood:requests} rate&lt;0.01" classname="test.threshold" time="0"/>');
    expect(xml).toContain('<testcase name="requests" classname="test.flood" time="0"/>');
  });

  it('tells the observed value and the limit of a failed threshold', () => {
    const xml = renderJunit([{ ...BROKE, thresholds: [threshold(false, 0.2)] }]);
    expect(xml).toContain(
      '<failure message="conn_failed{flood:requests}: observed 0.2, expected rate &lt; 0.01" type="threshold">',
    );
  });

  it('does not judge the thresholds of a run that proves nothing, and says what spoiled it', () => {
    const spoiled = summarize([...run(), load(5, { attempted: 40, failed: { refused: 40 } })], LATENCY);
    const xml = renderJunit([{ ...spoiled, thresholds: [threshold(false, 0.2)] }]);
    expect(xml).toContain('tests="3" failures="0" errors="3"');
    expect(xml).toContain('<error message="inconclusive: not the table: refused.');
    expect(xml).toContain('<error message="not judged, the run is inconclusive; conn_failed{flood:requests}: observed 0.2');
    expect(xml).toContain('<error message="40 of 1,040 attempts failed: refused; expected 0"');
  });

  it('is green exactly when the run exits with 0', () => {
    const bound = summarize([...run(), load(5, { notStarted: 100 })], LATENCY);
    const runs: readonly Summary[] = [BROKE, { ...BROKE, thresholds: [threshold(false, 1)] }, bound, summarize(run(), LATENCY)];
    for (const summary of runs) {
      expect(/<(failure|error) /.test(renderJunit([summary]))).toBe(exitCodeOf(summary, false) !== 0);
    }
  });

  it('keeps several runs apart as suites', () => {
    const xml = renderJunit([BROKE, BROKE]);
    expect(xml.match(/<testsuite .*?id="\d"/g)?.map((text) => text.slice(-6))).toEqual(['id="0"', 'id="1"']);
  });

  it('escapes names', () => {
    const named = { ...BROKE, scenario: { ...BROKE.scenario, name: '"><script>' } };
    expect(renderJunit([named])).not.toContain('<script>');
  });
});
