import { expect, it } from 'vitest';
import { seriesOf } from '../../../src/analysis/series/series.ts';
import type { MetaRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { REPORTS } from '../../../src/report/reports.ts';
import { renderTerminal } from '../../../src/report/terminal/terminal.ts';
import { run } from '../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../fixtures/summary.ts';
import { violations } from '../../schemas/violations.ts';

/** The record of an external gateway: nothing of a backend, and with `blind` nothing of the gateway's table. */
function external(records: readonly TimelineRecord[], blind: boolean): TimelineRecord[] {
  const hidden = ['backend', ...(blind ? ['gateway', 'host'] : [])];
  return records
    .filter((record) => record.type !== 'backend' && record.type !== 'composition')
    .filter((record) => !((record.type === 'conntrack' || record.type === 'netstat') && hidden.includes(record.host)))
    .map((record) => (record.type === 'meta' ? externalMeta(record, blind) : record));
}

function externalMeta(meta: MetaRecord, blind: boolean): MetaRecord {
  const { capacity } = meta.lab;
  const changed = blind
    ? { ...capacity, method: 'unknown' as const, max: 0, buckets: 0, effectiveMax: 0 }
    : { ...capacity, method: 'in-force' as const };
  return { ...meta, environment: { ...meta.environment, driver: 'external' }, lab: { ...meta.lab, capacity: changed } };
}

it('judges the table without the backend, and says what was monitored', () => {
  const summary = summarize(external(run({ fullAt: 5 }), false), []);
  expect(summary.verdict.kind).toBe('broke');
  expect(Object.keys(summary.conntrack.otherTables)).toEqual(['client', 'host']);
  expect(summary.verdict.reasons.join('\n')).toContain('No other monitored conntrack table dropped packets (client 0, host 0)');
});

it('proves nothing without the table, whatever the clients felt', () => {
  const summary = summarize(external(run({ fullAt: 5 }), true), []);
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', cause: 'connect-timeout' });
  expect(summary.verdict.reasons[0]).toContain('not monitored (lab.conntrack: none)');
  expect(summary.attribution[0]?.evidence).toMatch(
    /counters ctload cannot read \(a full listen queue, a connection in TIME_WAIT .*\)\. It is unknown whether a conntrack table dropped packets\./,
  );
  expect(summary.breakingPoint).toBeNull();
});

it('does not take a table for the gateway’s that never saw the load', () => {
  const still = external(run(), false).map((record) =>
    record.type === 'conntrack' && record.host === 'gateway' ? { ...record, entries: 7 } : record,
  );
  const { verdict } = summarize(still, []);
  expect(verdict.kind).toBe('inconclusive');
  expect(verdict.reasons[0]).toContain('do not appear in the monitored table');
  expect(summarize(external(run(), false), []).verdict.kind).toBe('held');
});

it('says which tables it can see when packets were lost, and doubts that it was no table', () => {
  const lost = {
    type: 'load',
    t: 5,
    at: 5.1,
    flood: 'requests',
    attempted: 40,
    failed: { 'connect-timeout': 40 },
    firstBadAt: 5,
  } as const;
  const summary = summarize([...external(run(), false), lost], []);
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', cause: 'connect-timeout' });
  expect(summary.verdict.reasons[0]).toBe(
    "Attempts failed although no conntrack table that ctload can see dropped a packet (gateway, client, host; not visible: the backend's, and any other node's on the path).",
  );
  expect(renderTerminal(summary, { color: false, width: 100 })).toContain('no table that ctload can see: connect-timeout');
});

/** What a page says, without the scripts it carries. */
function withoutCode(text: string): string {
  return text.replace(/<script(?! type="application\/json")[^>]*>[\s\S]*?<\/script>/g, '');
}

it('has no figure that is not one', () => {
  const records = external(run(), true);
  const summary = summarize(records, []);
  const series = seriesOf(factsOfRun(records, []), []);
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', cause: null });
  expect(violations('summary', summary)).toEqual([]);
  expect(summary.conntrack.measuredDropShareWhenFull).toBeNull(); // of what goes to stdout and the reports, not only in JSON
  expect(summary.metrics['conntrack_utilization']?.values).toEqual({});
  expect(summary.metrics).not.toHaveProperty('gateway_cpu_share');
  expect(summary.metrics['conntrack_drop']?.values).toEqual({}); // no threshold may call that 0
  const texts = REPORTS.map((report) => report.render({ summary, series, latency: [], scenario: null }));
  const terminal = renderTerminal(summary, { color: false, width: 100 });
  for (const text of [terminal, ...texts]) expect(withoutCode(text)).not.toMatch(/NaN|Infinity|\b0 of 0/);
  expect(terminal).toContain('capacity unknown');
  expect(texts.join('\n')).not.toContain('node_nf_conntrack_');
});

it('proves nothing by counters that could not be read', () => {
  const records = external(run({}), false).map((record) => {
    if (record.type !== 'conntrack') return record;
    const { t, host, entries } = record;
    return { type: 'conntrack', t, host, entries } as const;
  });
  const summary = summarize(records, []);
  expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
  expect(summary.verdict.reasons.join('\n')).toContain("The gateway's drop counters could not be read");
  expect(summary.conntrack.otherTables).toEqual({});
});
