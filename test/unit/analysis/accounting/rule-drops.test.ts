import { describe, expect, it } from 'vitest';
import type { MetaRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, run, synRetransmissions } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

interface Shape {
  /** Packets that the counter of the rules rises by; null when it is not read again after the load. */
  readonly counted: number | null;
  readonly alterTracking?: boolean;
  readonly fullAt?: number;
}

/** A load of which rules dropped 100 SYNs and their repeats, next to what a full table dropped. */
function judged({ counted, alterTracking = false, fullAt }: Shape) {
  const plain = fullAt === undefined ? run({ rate: 50 }) : run({ fullAt });
  const before = plain.findLast((record) => record.type === 'netstat');
  const retransmitted = before?.type === 'netstat' ? (before.counters['TcpExtTCPSynRetrans'] ?? 0) : 0;
  const records = plain.flatMap((record): TimelineRecord[] => {
    if (record.type === 'meta') {
      const meta: MetaRecord = { ...record, lab: { ...record.lab, rules: { tool: 'nft', mode: 'add', alterTracking } } };
      return [meta, { type: 'rule-counters', t: -0.1, dropped: { syns: 7 } }];
    }
    if (record.type !== 'end') return [record];
    return [
      load(2, { attempted: 100, failed: { 'connect-timeout': 100 }, abandoned: 100, firstBadAt: 2 }),
      synRetransmissions(record.t, retransmitted + 100),
      ...(counted === null ? [] : [{ type: 'rule-counters', t: record.t, dropped: { syns: 7 + counted } } as const]),
      record,
    ];
  });
  return summarize(records, LATENCY);
}

describe('what rules of the scenario dropped', () => {
  it('is no doubt about a table that held, as long as it is what clients lost', () => {
    const { verdict, accounting, attribution, rules } = judged({ counted: 200 });
    expect(verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    expect(accounting).toMatchObject({ kernelDrops: 0, ruleDropped: 200, explainedByClients: 0 });
    expect(attribution.map(({ cause, failed }) => [cause, failed])).toEqual([['dropped-by-rule', 100]]);
    expect(attribution[0]?.evidence).toContain('dropped 200 packets: syns 200.');
    expect(rules).toMatchObject({ dropped: { syns: 200 } });
    expect(verdict.reasons.join()).toContain(
      "Not the table's: rules of the scenario (gateway.rules) dropped 200 packets (syns 200), all of which",
    );
  });

  it('proves nothing where clients lost more, the rules dropped more, or nobody knows', () => {
    for (const counted of [180, 220, 0, null]) {
      expect(judged({ counted }).verdict, String(counted)).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    }
    expect(judged({ counted: null }).rules?.dropped).toBeNull();
  });

  it('is told apart from what a full table dropped', () => {
    const { verdict, accounting, attribution } = judged({ counted: 200, fullAt: 6.005 });
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(accounting).toMatchObject({ kernelDrops: 400, ruleDropped: 200, explainedByClients: 400, share: 1 });
    expect(attribution.map(({ cause }) => cause).sort()).toEqual(['conntrack-full', 'dropped-by-rule']);
    expect(verdict.reasons.join()).toContain('− 200 packets that rules of the scenario dropped (ratio 1.000)');
    expect(judged({ counted: 0, fullAt: 6.005 }).verdict.kind).toBe('inconclusive');
  });
});
