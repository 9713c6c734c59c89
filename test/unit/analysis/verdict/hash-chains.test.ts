import { describe, expect, it } from 'vitest';
import { judgeTrial } from '../../../../src/analysis/search/trial.ts';
import type { TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { verdictTitle } from '../../../../src/report/facts/verdict-heading.ts';
import { rising } from '../../../fixtures/evictions.ts';
import { LATENCY, load, run, sample, synRetransmissions } from '../../../fixtures/run.ts';
import { judgementOf, summarize } from '../../../fixtures/summary.ts';

/** 60 attempts fail after two SYNs each that the gateway's kernel refused an entry from 3.005 s on. */
function refusing({ refused = 120, insertFailed = 120, retransmitted = 60 } = {}): TimelineRecord[] {
  const bad = load(3, { at: 6.1, attempted: 60, failed: { 'connect-timeout': 60 }, abandoned: 60, firstBadAt: 3.01 });
  return [
    ...run({ max: 100_000, buckets: 512 }),
    sample(-0.4, 0, { chainTooLong: 7, insertFailed: 5 }),
    sample(3.005, 15_000, { chainTooLong: 8, insertFailed: 6 }),
    sample(9, 15_000, { chainTooLong: 7 + refused, insertFailed: 5 + insertFailed }),
    bad,
    synRetransmissions(12, 900 + retransmitted),
  ];
}

describe('hash chains that are too long', () => {
  it('broke the table although it had room, and the verdict says what to do', () => {
    const summary = summarize(refusing(), LATENCY);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'hash-chains-full' });
    expect(summary.verdict.reasonCodes).toEqual(['hash-chains-full', 'refusals-accounted-for', 'more-buckets']);
    const said = summary.verdict.reasons.join(' ');
    expect(said).toContain('from 3.00 s on the kernel dropped 120 packets that need a new entry (chaintoolong)');
    expect(said).toContain('15,000 of 100,000 entries, in 512 buckets');
    expect(said).toContain('60 retransmitted SYNs + 60 abandoned attempts');
    expect(said).toContain('raise nf_conntrack_buckets together with nf_conntrack_max, from 512 to 25,000 or more');
    expect(summary.attribution).toMatchObject([{ cause: 'hash-chains-full', failed: 60, share: 1 }]);
    expect(summary.breakingPoint).toMatchObject({ atSeconds: 3.005, entries: 15_000, firstDropAtSeconds: null });
    expect(summary.accounting).toMatchObject({ kernelDrops: 0, share: null, chainRefused: 120, explainedByClients: 0 });
    expect(verdictTitle(summary)).toBe('conntrack hash chains too long');
  });

  it('break a trial of a search', () => {
    expect(judgeTrial(judgementOf(refusing(), LATENCY)).kind).toBe('broke');
  });

  it('are not to blame for insertions that clashed, nor where clients lost much more', () => {
    const clashed = summarize(refusing({ refused: 0, insertFailed: 120 }), LATENCY);
    expect(clashed.verdict).toMatchObject({ kind: 'inconclusive', cause: 'connect-timeout' });
    expect(clashed.verdict.reasonCodes).toContain('inserts-refused');
    const few = summarize(refusing({ refused: 20, retransmitted: 60 }), LATENCY);
    expect(few.verdict).toMatchObject({ kind: 'inconclusive', cause: 'connect-timeout' });
  });
});

describe('a listen queue that overflows next to a full table', () => {
  const both = run({ fullAt: 6.005 });
  // 30 SYNs more than the table dropped, of 430 that clients lost.
  const records = [
    ...both,
    synRetransmissions(12.5, 900 + 200 + 30),
    ...rising('backend', { TcpExtListenDrops: 33, TcpExtListenOverflows: 33 }),
    sample(6.5, 1000, { earlyDrop: 30 + 40 }),
  ];

  it('takes its share of the failures, which early drop does not explain', () => {
    const { verdict, attribution, accounting } = summarize(records, LATENCY);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(accounting).toMatchObject({ kernelDrops: 400, listenDropped: 30, explainedByClients: 400, share: 1 });
    expect(attribution.map(({ cause, failed }) => [cause, failed])).toEqual([
      ['conntrack-full', 186],
      ['listen-overflow', 14],
    ]);
    expect(verdict.reasons.join(' ')).toContain(
      "Not the table's: the backend's listen queues dropped 30 SYNs (ListenDrops), which clients retransmitted or abandoned as well.",
    );
    expect(verdict.reasons.join(' ')).not.toContain('hence the ratio above 1');
  });
});

describe('losses beyond the drops', () => {
  it('are named, and not called accounted for', () => {
    const records = [
      ...run({ fullAt: 6.005 }),
      synRetransmissions(12.5, 900 + 200 + 40),
      sample(6.5, 1000, { earlyDrop: 30 + 40 }),
    ];
    const { verdict } = summarize(records, LATENCY);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    const said = verdict.reasons.join(' ');
    expect(said).toContain('All packets that clients lost but 40 are drops of the table: 400 packets dropped by the kernel');
    expect(said).not.toContain('Every drop is accounted for');
    expect(said).toContain('hence the ratio above 1');
  });
});
