import { describe, expect, it } from 'vitest';
import { sortRecords } from '../../../../src/analysis/log/run-log.ts';
import { judgeTrial } from '../../../../src/analysis/search/trial.ts';
import { scrapesOf } from '../../../../src/analysis/series/scrapes.ts';
import type { MetaRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { verdictTitle } from '../../../../src/report/facts/verdict-heading.ts';
import { LATENCY, load, metaRecord, run, sample, synRetransmissions } from '../../../fixtures/run.ts';
import { judgementOf, summarize } from '../../../fixtures/summary.ts';

interface Refusing {
  readonly lab: Partial<MetaRecord['lab']>;
  readonly drop: number;
  readonly insertFailed: number;
  readonly retransmitted: number;
  /** Entries in the table when the first packet is refused, of 16,384. */
  readonly entries: number;
  readonly destinations: number;
}

/** 60 attempts fail after two SYNs each that the gateway had no source port for, from 3.005 s on. */
function refusing(changes: Partial<Refusing> = {}): TimelineRecord[] {
  const {
    lab = { snatPorts: 1000 },
    drop = 120,
    insertFailed = 120,
    retransmitted = 60,
    entries = 918,
    destinations = 1,
  } = changes;
  const shape = { max: 16_384 };
  const plain = run(shape).filter(({ type }) => type !== 'meta');
  const meta = metaRecord(shape);
  const floods = meta.scenario.floods.map((flood) => ({ ...flood, destinations }));
  return [
    { ...meta, lab: { ...meta.lab, ...lab }, scenario: { ...meta.scenario, floods } },
    ...plain,
    sample(-0.4, 0, { drop: 7000, insertFailed: 5, chainTooLong: 0 }),
    sample(3.005, entries, { drop: 7001, insertFailed: 6 }),
    sample(9, 1000, { drop: 7000 + drop, insertFailed: 5 + insertFailed }),
    load(3, { at: 6.1, attempted: 60, failed: { 'connect-timeout': 60 }, abandoned: 60, firstBadAt: 3.01 }),
    synRetransmissions(12, 900 + retransmitted),
  ];
}

describe('a gateway without a free source port', () => {
  it('broke although its table had room, and is never called a full table', () => {
    const summary = summarize(refusing(), LATENCY);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'snat-ports-exhausted' });
    expect(summary.verdict.reasonCodes).toEqual(['snat-ports-exhausted', 'clashes-accounted-for', 'more-source-ports']);
    const said = summary.verdict.reasons.join(' ');
    expect(said).toContain('ran out of source ports, not of table: from 3.00 s on');
    expect(said).toContain('918 entries and 1,000 source ports for each destination');
    expect(said).toContain('60 retransmitted SYNs + 60 abandoned attempts');
    expect(summary.attribution).toMatchObject([{ cause: 'snat-ports-exhausted', failed: 60, share: 1 }]);
    expect(summary.conntrack).toMatchObject({ drop: 0, clashes: 120, insertFailed: 120 });
    expect(summary.accounting).toMatchObject({ kernelDrops: 0, share: null, clashDropped: 120, explainedByClients: 0 });
    expect(summary.breakingPoint).toMatchObject({ atSeconds: 3.005, entries: 918, firstDropAtSeconds: null });
    expect(verdictTitle(summary)).toBe('source ports of the gateway exhausted, table not full');
    expect(judgeTrial(judgementOf(refusing(), LATENCY)).kind).toBe('broke');
  });

  it('is not certain where something else may have made entries clash', () => {
    const others: readonly Partial<Refusing>[] = [
      { lab: {} }, // 64,512 ports, and 918 entries
      { destinations: 4 },
      { lab: { snatPorts: 1000, masquerade: 'never' } },
      { lab: { snatPorts: 1000, dataplane: 'forward' } },
      { lab: { snatPorts: 1000, rules: { tool: 'nft', mode: 'replace', alterTracking: false } } },
      { lab: { snatPorts: 1000, dataplane: 'unknown' } },
    ];
    for (const changes of others) {
      const { verdict, attribution } = summarize(refusing(changes), LATENCY);
      expect(verdict, JSON.stringify(changes)).toMatchObject({ kind: 'inconclusive', cause: 'connect-timeout' });
      expect(verdict.reasonCodes).toContain('inserts-refused');
      expect(attribution[0]?.cause).toBe('connect-timeout');
    }
  });

  it('is not certain where clients lost more, or the kernel dropped more, than had no port', () => {
    for (const changes of [{ retransmitted: 100 }, { drop: 200, insertFailed: 200 }]) {
      const { verdict } = summarize(refusing(changes), LATENCY);
      expect(verdict.kind, JSON.stringify(changes)).toBe('inconclusive');
    }
  });

  it("counts no insertion of another program's, which is in insert_failed alone", () => {
    const { conntrack, verdict } = summarize(refusing({ insertFailed: 500 }), LATENCY);
    expect(conntrack).toMatchObject({ drop: 0, clashes: 120, insertFailed: 500 });
    expect(verdict.reasonCodes).toContain('inserts-refused');
  });

  it('is in the drops that a scraper sees: an alert on them fires', () => {
    const { samples, capacity } = sortRecords(refusing()).tables.gateway;
    expect(samples.last).toMatchObject({ drop: 0, clashed: 120 });
    expect(scrapesOf({ samples, capacity }, 1, 10).samples.at(-1)).toMatchObject({ drop: 120, insertFailed: 120 });
  });

  it('next to a full table leaves the drops to the table, and the verdict open', () => {
    const full = [...run({ fullAt: 6.005 }), sample(6.5, 1000, { insertFailed: 5 + 100 })];
    const { conntrack, verdict } = summarize(full, LATENCY);
    expect(conntrack.drop).toBe(400);
    expect(conntrack.clashes).toBeUndefined();
    expect(verdict.reasonCodes).toContain('inserts-refused');
  });
});
