import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../../src/analysis/search/trial.ts';
import { summaryText } from '../../../../src/report/facts/headline.ts';
import { verdictTitle } from '../../../../src/report/facts/verdict-heading.ts';
import { type EvictingShape, evicting } from '../../../fixtures/evictions.ts';
import { judgementOf, summarize } from '../../../fixtures/summary.ts';

const judge = (shape: Partial<EvictingShape>) => summarize(evicting(shape), []);
const causes = (shape: Partial<EvictingShape>) => judge(shape).attribution.map(({ cause, failed }) => [cause, failed]);

describe('a table that evicts flows whose clients are waiting', () => {
  const shape = { unanswered: 120, noPorts: 120 };

  it('broke: the answers that clients miss ended at the gateway', () => {
    const { verdict, attribution, floods, ...rest } = judge(shape);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-evicted' });
    expect(verdict.reasonCodes).toEqual(['awaited-flows-evicted', 'evictions-accounted-for']);
    expect(verdict.reasons).toEqual([
      "The gateway's table was full and from 3.10 s on evicted 700 flows that were not yet [ASSURED] (early drop); for 120 attempts that failed, the client was still waiting.",
      'Without their entries, replies of evicted flows ended at the gateway: its kernel counted 120 datagrams without a socket (UdpNoPorts), which accounts for 120 attempts.',
    ]);
    expect(attribution).toMatchObject([{ cause: 'conntrack-evicted', failed: 120, share: 1 }]);
    expect(floods['requests']?.failures).toEqual({ 'conntrack-evicted': 120 });
    expect(rest.accounting).toMatchObject({ kernelDrops: 0, datagramsLost: 0 });
    expect(verdictTitle(judge(shape))).toBe('conntrack table full, awaited flows evicted');
  });

  it('has a breaking point: the first eviction since the first affected attempt was due', () => {
    expect(judge(shape).breakingPoint).toMatchObject({
      atSeconds: 4.3,
      entries: 300,
      utilization: 1,
      firstEarlyDropAtSeconds: 3.1,
      firstDropAtSeconds: null,
      firstFailureAtSeconds: 4.25,
      timeToFullSeconds: 3,
    });
  });

  it('breaks a trial of a search, whether many suffer or one', () => {
    expect(judgeTrial(judgementOf(evicting(shape), []))).toMatchObject({ kind: 'broke', why: { code: 'awaited-flows-evicted' } });
    expect(judgeTrial(judgementOf(evicting({ unanswered: 1, noPorts: 1 }), [])).kind).toBe('broke');
    expect(judgeTrial(judgementOf(evicting(), [])).kind).toBe('held');
  });

  it('counts as many as ended at the gateway, the others stay unanswered', () => {
    expect(causes({ unanswered: 120, noPorts: 90 })).toEqual([
      ['conntrack-evicted', 90],
      ['response-timeout', 30],
    ]);
  });

  it('does not count answers that nobody waited for any more: the backend is slow', () => {
    expect(causes({ unanswered: 400, noPorts: 300, delaySeconds: 3 })).toEqual([['response-timeout', 400]]);
    expect(causes({ unanswered: 1000, noPorts: 700, late: 300 })).toEqual([['response-timeout', 1000]]);
    expect(causes({ unanswered: 400, noPorts: 300, late: 200 })).toEqual([
      ['conntrack-evicted', 225],
      ['response-timeout', 175],
    ]);
  });

  it('counts no more than were evicted: the others expired', () => {
    expect(causes({ unanswered: 120, noPorts: 120, evicted: 7 })).toEqual([
      ['response-timeout', 113],
      ['conntrack-evicted', 7],
    ]);
    const { verdict } = judge({ unanswered: 120, noPorts: 120, evicted: 0 });
    expect(verdict).toMatchObject({ kind: 'inconclusive', cause: 'response-timeout' });
  });

  it('is not changed by one dropped packet more', () => {
    const { verdict, breakingPoint } = judge({ unanswered: 121, noPorts: 120, dropped: 1 });
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-evicted' });
    expect(breakingPoint).toMatchObject({ atSeconds: 4.3, firstDropAtSeconds: 8 });
  });

  it('resets connections', () => {
    const reset = { kind: 'short', unanswered: 40, failure: 'reset', resets: 40 } as const;
    expect(causes(reset)).toEqual([['conntrack-evicted', 40]]);
    expect(judge(reset).verdict.reasons.join()).toContain('40 resets sent (TcpOutRsts)');
    expect(causes({ ...reset, dataplane: 'proxy' })).toEqual([['reset', 40]]);
  });

  it('makes clients retransmit SYNs whose SYN-ACK the gateway reset', () => {
    const { verdict, attribution } = judge({ kind: 'short', delayed: 30, resets: 30 });
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-evicted' });
    expect(verdict.reasons[0]).toContain('for 30 attempts that retransmitted the SYN, the client was still waiting');
    expect(attribution).toMatchObject([{ cause: 'conntrack-evicted', failed: 0, delayed: 30 }]);
  });
});

it('what only carries the load is made anew by its next packet: a SYN that was retransmitted had another reason', () => {
  const tracking = { flows: 0, outer: 2 };
  const records = evicting({ kind: 'short', dataplane: 'tunnel', delayed: 30 }).map((record) =>
    record.type === 'meta' ? { ...record, lab: { ...record.lab, tracking } } : record,
  );
  expect(summarize(records, []).verdict.reasonCodes).toContain('retransmissions-unexplained');
});

describe('a table with ballast that evicts flows whose clients are waiting', () => {
  const effects = { expiresFromSeconds: 1, shortestLifeSeconds: 1, evictableFromSeconds: null };
  const records = evicting({ unanswered: 120, noPorts: 120 }).map((record) =>
    record.type === 'meta' ? { ...record, lab: { ...record.lab, ballastEffects: effects } } : record,
  );

  it('broke no earlier than its first eviction that hurt', () => {
    const { verdict } = summarize(records, []);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'inconclusive', bound: 'no-earlier', cause: 'conntrack-evicted' });
    expect(verdict.reasonCodes).toEqual(['ballast-delays-expiry', 'awaited-flows-evicted', 'evictions-accounted-for']);
  });
});

describe('a table that evicts only what no client waits for', () => {
  it.each(['half-open', 'udp'] as const)('held, and says since when it was full: %s', (kind) => {
    const summary = judge({ kind });
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: null });
    expect(summary.verdict.reasons.join(' ')).toContain('Full from 3.10 s on, 700 flows evicted, no waiting client affected');
    expect(summary.breakingPoint).toBeNull();
    expect(verdictTitle(summary)).toBe('the table was full, no waiting client affected');
    expect(summaryText(summary)).toBe('Peak 300 of 300 entries (100 %), no packet dropped, 700 flows evicted, over 13.0 s.');
  });

  it('broke when it dropped', () => {
    const { verdict } = judge({ kind: 'udp', dropped: 20, unanswered: 0 });
    expect(verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
  });
});
