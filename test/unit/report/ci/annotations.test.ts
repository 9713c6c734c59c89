import { describe, expect, it } from 'vitest';
import { annotation, annotations, findAnnotation } from '../../../../src/report/ci/annotations.ts';
import { DOOMED, FOUND } from '../../../fixtures/find.ts';
import { LATENCY, load, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const BROKE = summarize(run({ fullAt: 6.005 }), LATENCY);

describe('annotations for GitHub Actions', () => {
  it('escape what the runner would read as syntax', () => {
    expect(annotation('error', 'a: b, c', '100 %\nmore: x, y')).toBe('::error title=a%3A b%2C c::100 %25%0Amore: x, y');
  });

  it('note a breaking point, which is what was looked for', () => {
    expect(annotations(BROKE)).toEqual([
      '::notice title=ctload test::broke, conntrack table full. Broke at 1,000 of 1,000 entries, 6.01 s into the load, at 100 new connections/s (3 open).',
    ]);
  });

  it('report failed thresholds as errors', () => {
    const failed = { metric: 'conntrack_drop', expression: 'count==0', ok: false, observed: 400, stoppedAtSeconds: null };
    expect(annotations({ ...BROKE, thresholds: [failed] })[1]).toBe(
      '::error title=ctload test%3A threshold failed::conntrack_drop count==0: failed, 400',
    );
  });

  it('report a run that proves nothing as an error, with its reasons on lines of their own and its causes', () => {
    const [verdict, cause] = annotations(summarize([...run(), load(5, { attempted: 40, failed: { refused: 40 } })], LATENCY));
    expect(verdict).toMatch(/^::error title=ctload test::inconclusive, not the table: refused\..*%0AAttempts failed/);
    expect(cause).toMatch(/^::warning title=ctload test%3A refused::40 attempts \(100 %25\): /);
  });

  it('note the answer of a search, and report one without as an error, with the reason', () => {
    expect(findAnnotation(FOUND)).toBe(
      '::notice title=ctload x::converged, floods.requests.rate. 312.5 is the highest value that held with 2,000 conntrack entries.',
    );
    expect(findAnnotation(DOOMED)).toBe(
      '::error title=ctload x::doomed, floods.requests.rate. No answer: The generator was the limit. 700 held, but was not confirmed.',
    );
  });
});
