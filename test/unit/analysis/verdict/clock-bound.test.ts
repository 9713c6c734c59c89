import { describe, expect, it } from 'vitest';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, run } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

/** A run that broke, whose gateway has a clock of its own. */
function verdictWith(errorSeconds: number, driftSeconds: number) {
  const clock: TimelineRecord = { type: 'clock', t: 11, machine: 'gateway', offsetSeconds: -4000, errorSeconds, driftSeconds };
  return summarize([...run({ fullAt: 6.005 }), clock], LATENCY).verdict;
}

describe('a break by the clock of another machine', () => {
  it('is exact where that clock was read to within 20 ms or 0.5 % of the time', () => {
    expect(verdictWith(0.002, -0.001)).toMatchObject({ kind: 'broke', validity: 'valid', bound: null });
    expect(verdictWith(0.001, 0.028)).toMatchObject({ kind: 'broke', bound: null });
  });

  it('came no later than shown by a clock that was fast, no earlier than shown by one that was slow', () => {
    expect(verdictWith(0.001, 0.5)).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-later' });
    const slow = verdictWith(0.001, -0.5);
    expect(slow).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-earlier' });
    expect(slow.reasons[0]).toMatch(/is by the clock of the gateway's machine, which during the load went 500 ms too slow/);
  });

  it('is open where the clock could not be read any better', () => {
    const open = verdictWith(0.2, 0.01);
    expect(open).toMatchObject({ kind: 'inconclusive', bound: null });
    expect(open.reasons.filter((reason) => reason.includes('clock')).length).toBe(1);
  });
});
