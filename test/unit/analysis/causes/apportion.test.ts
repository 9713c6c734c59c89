import { describe, expect, it } from 'vitest';
import { Splitter } from '../../../../src/analysis/causes/apportion.ts';
import type { ConntrackRecord, LoadRecord, MetaRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, run, synRetransmissions } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

/** 200 attempts fail from 6.005 s on; the table drops their SYNs and the repeats: 400 packets. */
const FULL = { fullAt: 6.005 };
const causes = (records: readonly TimelineRecord[]) =>
  summarize(records, LATENCY).attribution.map(({ cause, count }) => [cause, count]);

describe('losses that the table does not explain alone', () => {
  it('are apportioned by what the kernel dropped: 5 % more SYNs lost on the way', () => {
    const records = [...run(FULL), synRetransmissions(12, 900 + 200 + 21)]; // 421 SYNs missing, 400 dropped
    const summary = summarize(records, LATENCY);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(causes(records)).toEqual([
      ['conntrack-full', 190],
      ['connect-timeout', 10],
    ]);
    expect(summary.attribution[0]?.evidence).toContain('dropped 400 packets because the conntrack table was full');
    expect(summary.attribution[1]?.evidence).toContain('also dropped 400 packets');
  });

  it('are first those of attempts that went unanswered before the first drop', () => {
    const early = load(2, { attempted: 30, delayed: 30, firstBadAt: 2 });
    expect(causes([...run(FULL), early, synRetransmissions(12, 900 + 200 + 30)])).toEqual([
      ['conntrack-full', 200],
      ['connect-timeout', 30],
    ]);
  });

  it('are none where the table dropped more than clients miss', () => {
    expect(causes([...run(FULL), synRetransmissions(12, 900 + 150)])).toEqual([['conntrack-full', 200]]);
  });

  it('are split so that the parts add up', () => {
    const splitter = new Splitter(0.05);
    const parts = Array.from({ length: 100 }, () => splitter.take(1));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(5);
    expect(Math.max(...parts)).toBe(1);
  });
});

/** A gateway of somebody else's: `others` packets of other clients dropped with those of this load. */
function live(others: number, more: readonly TimelineRecord[] = []): TimelineRecord[] {
  const records = run(FULL).filter(
    (record) => !(record.type === 'conntrack' && record.host === 'backend') && record.type !== 'backend',
  );
  return [...records, ...more].map((record): TimelineRecord => {
    if (record.type === 'meta') return inForce(record);
    return record.type === 'conntrack' ? withOthers(record, others) : record;
  });
}

function inForce(meta: MetaRecord): MetaRecord {
  const capacity = { ...meta.lab.capacity, method: 'in-force' as const };
  return {
    ...meta,
    environment: { ...meta.environment, driver: 'external' },
    lab: { ...meta.lab, capacity, dataplane: 'unknown' },
  };
}

function withOthers(record: ConntrackRecord, others: number): ConntrackRecord {
  const { drop, host, t } = record;
  return host === 'gateway' && drop !== undefined && t > 6 ? { ...record, drop: drop + others } : record;
}

describe('a live gateway', () => {
  it('broke for this load too where its table dropped others’ packets as well, and says how many', () => {
    const summary = summarize(live(1600), LATENCY);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.verdict.reasonCodes).toContain('other-traffic-dropped');
    expect(summary.verdict.reasons.join(' ')).toContain(
      'dropped 2,000 packets: 400 of this load (200 retransmitted SYNs + 200 abandoned attempts), whose attempts failed or were delayed while it dropped; the other 1,600 (80 %) were other traffic of this gateway.',
    );
    expect(summary.verdict.reasons.join(' ')).not.toContain('Every drop');
    expect(summary.attribution.map(({ cause, count }) => [cause, count])).toEqual([['conntrack-full', 200]]);
  });

  it('is not blamed for what this load lost while its table dropped nothing', () => {
    const elsewhere: LoadRecord[] = [1, 2, 3].map((t) =>
      load(t, { attempted: 100, failed: { 'connect-timeout': 100 }, firstBadAt: t }),
    );
    const summary = summarize(live(1600, elsewhere), LATENCY);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', cause: null });
    expect(summary.attribution.map(({ cause, count }) => [cause, count])).toEqual([
      ['connect-timeout', 300],
      ['conntrack-full', 200],
    ]);
  });
});

describe('a gateway that connects to the backend itself (nginx)', () => {
  /** 10,454 drops = 8,851 SYNs of clients + 1,374 repeated by the gateway + 229 connections of it given up. */
  const proxied = (repeated: number, opened: number): TimelineRecord[] => {
    const records = live(0).flatMap((record): TimelineRecord[] => {
      if (record.type !== 'conntrack' || record.host !== 'gateway' || record.drop === undefined || record.t < 6) return [record];
      return record.t > 10 ? [{ ...record, drop: 7000 + 10_454 }] : [{ ...record, drop: record.drop }];
    });
    const gateway = (t: number, by: number): TimelineRecord => ({
      type: 'netstat',
      t,
      host: 'gateway',
      counters: { TcpExtTCPSynRetrans: 50 + by * repeated, TcpActiveOpens: 10 + by * opened },
    });
    const waiting = load(7, { attempted: 229, connected: 229, failed: { 'response-timeout': 229 } });
    return [...records, waiting, synRetransmissions(12, 900 + 8851 - 200), gateway(-0.4, 0), gateway(12, 1)];
  };

  it('is accounted for with the SYNs that its own kernel repeats and gives up', () => {
    const summary = summarize(proxied(1374, 800 + 229), LATENCY);
    expect(summary.accounting).toMatchObject({
      kernelDrops: 10_454,
      explainedByClients: 10_454,
      upstreamRetransmissions: 1374,
      upstreamAbandoned: 229,
    });
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.verdict.reasons.join(' ')).toContain('1,374 retransmitted SYNs and 229 given up');
  });

  it('is not taken for one where it opens no connections', () => {
    expect(summarize(proxied(1374, 0), LATENCY).accounting.upstreamAbandoned).toBe(0);
  });

  it('is counted once where the client is in its namespace', () => {
    const same = proxied(1374, 800 + 229).filter((record) => record.type !== 'conntrack' || record.host !== 'client');
    expect(summarize(same, LATENCY).accounting.upstreamRetransmissions).toBe(0);
  });
});
