import { describe, expect, it } from 'vitest';
import { checkDelays } from '../../../../src/analysis/log/delays.ts';
import { LATENCY, load, run, synRetransmissions } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

const loads = [load(1, { delayed: 20 }), load(2, { succeeded: 4 }), load(3, { delayed: 10 })];
const delayed = (...args: Parameters<typeof checkDelays>) => checkDelays(args[0], args[1]).loads.map((record) => record.delayed);

describe('delayed connections', () => {
  it('are as the agents counted them where the kernel repeated that many SYNs', () => {
    expect(checkDelays(loads, 30)).toEqual({ loads, noticedLate: 0 });
  });

  it('are no more than the SYNs the kernel repeated, the first ones', () => {
    expect(delayed(loads, 25)).toEqual([20, undefined, 5]);
    expect(delayed(loads, 5)).toEqual([5, undefined, 0]);
    expect(checkDelays(loads, 5).noticedLate).toBe(25);
  });

  it('are believed where the kernel is out of sight', () => {
    expect(checkDelays(loads, undefined)).toEqual({ loads, noticedLate: 0 });
  });

  it('that no SYN bears out are the generator being late, and nothing else', () => {
    const late = [...run(), load(5, { delayed: 30, firstBadAt: 5 }), synRetransmissions(12, 900 + 2)];
    const { verdict, attribution, floods } = summarize(late, LATENCY);
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'generator-bound' });
    expect(verdict.reasons[0]).toContain('it noticed 28 connections so late that they look retransmitted');
    expect(attribution.map(({ cause, delayed: count }) => [cause, count])).toEqual([['connect-timeout', 2]]);
    expect(floods['requests']?.delayed).toBe(2);
  });
});
