import { describe, expect, it } from 'vitest';
import { GatewayFold } from '../../../src/analysis/log/gateway-fold.ts';
import { seriesOf } from '../../../src/analysis/series/series.ts';
import type { ConntrackRecord, MetaRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { REPORTS } from '../../../src/report/reports.ts';
import { renderTerminal } from '../../../src/report/terminal/terminal.ts';
import { run } from '../../fixtures/run.ts';
import { factsOfRun, summarize } from '../../fixtures/summary.ts';
import { violations } from '../../schemas/violations.ts';

interface Second {
  /** Times of its samples: this much later. */
  readonly later?: number;
  /** What it holds and drops, as a share of what the first does. */
  readonly share: number;
  readonly machine?: string;
}

/** A run whose load crosses `near`, whose records are those of the gateway, and `far`. */
function several({ later = 0, share, machine }: Second, fullAt?: number): TimelineRecord[] {
  return run(fullAt === undefined ? {} : { fullAt }).flatMap((record): TimelineRecord[] => {
    if (record.type === 'meta') return [withGateways(record, machine)];
    if (record.type === 'backend' || record.type === 'composition') return [];
    if ('host' in record && record.host === 'backend') return [];
    if (!('host' in record) || record.host !== 'gateway') return [record];
    const near = { ...record, gateway: 'near' } as TimelineRecord;
    if (record.type !== 'conntrack') return [near];
    return [near, { ...scaled(record, share), t: record.t + later, gateway: 'far' }];
  });
}

function scaled(record: ConntrackRecord, share: number): ConntrackRecord {
  const { entries, drop, earlyDrop } = record;
  return {
    ...record,
    entries: Math.round(entries * share),
    ...(drop === undefined ? {} : { drop: Math.round(drop * share) }),
    ...(earlyDrop === undefined ? {} : { earlyDrop: Math.round(earlyDrop * share) }),
  };
}

function withGateways(meta: MetaRecord, machine: string | undefined): MetaRecord {
  const capacity = { ...meta.lab.capacity, method: 'in-force' as const };
  const of = (name: string, netns: number) => ({ name, capacity, netns, sysctls: {} });
  const gateways = [of('near', 1), { ...of('far', 2), ...(machine === undefined ? {} : { machine }) }];
  return { ...meta, environment: { ...meta.environment, driver: 'external' }, lab: { ...meta.lab, capacity, gateways } };
}

describe('several gateways', () => {
  it('are judged by the one that dropped first, and their drops add up', () => {
    const alone = summarize(run({ fullAt: 5 }), []);
    const { conntrack, breakingPoint, accounting, verdict } = summarize(several({ later: 1, share: 1 }, 5), []);
    expect(conntrack.gateways).toMatchObject([
      { name: 'near', isFirst: true, drop: alone.conntrack.drop },
      { name: 'far', isFirst: false, drop: alone.conntrack.drop },
    ]);
    expect(breakingPoint?.atSeconds).toBe(alone.breakingPoint?.atSeconds);
    expect(accounting.kernelDrops).toBe(2 * alone.conntrack.drop);
    expect(conntrack.drop).toBe(accounting.kernelDrops);
    // The clients of this record have felt the drops of one table only.
    expect(verdict.reasonCodes).toContain('other-traffic-dropped');
  });

  it('break as one does where the others drop nothing', () => {
    const summary = summarize(several({ share: 0 }, 5), []);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.verdict.reasons[0]).toContain('The table of near held');
    expect(summary.verdict.reasons[1]).toMatch(/^Of 2 monitored tables: near dropped .* from .* on; far dropped nothing\.$/);
    expect(summary.conntrack.gateways?.[1]).toMatchObject({ tracksLoad: false, firstDropAtSeconds: null });
    expect(renderTerminal(summary, { color: false, width: 100 })).toMatch(
      /far: peak 0 of .*\(0 %\), 0\.00 per connection, nothing dropped;\s+the\s+load\s+does\s+not\s+show\s+in\s+it/,
    );
    expect(violations('summary', summary)).toEqual([]);
  });

  it('are both first where the times cannot be told apart', () => {
    const { conntrack, verdict } = summarize(several({ later: 0.001, share: 1 }, 5), []);
    expect(conntrack.gateways?.map(({ isFirst }) => isFirst)).toEqual([true, true]);
    expect(verdict.reasons[0]).toContain('far dropped within the time that ctload cannot tell apart');
    const clock: TimelineRecord = { type: 'clock', t: 40, machine: 'node', offsetSeconds: 3, errorSeconds: 0.4, driftSeconds: 0 };
    const firsts = (...more: TimelineRecord[]) =>
      summarize([...several({ later: 0.3, share: 1, machine: 'node' }, 5), ...more], []).conntrack.gateways;
    expect(firsts()?.map(({ isFirst }) => isFirst)).toEqual([true, false]);
    expect(firsts(clock)?.map(({ isFirst }) => isFirst)).toEqual([true, true]);
  });

  it('hold as the fullest does, with every table in sight named', () => {
    const { verdict, conntrack } = summarize(several({ share: 0.5 }), []);
    expect(verdict.kind).toBe('held');
    expect(verdict.reasons[0]).toMatch(/^None of the 2 monitored tables dropped anything; the fullest, of near, peaked at/);
    expect(conntrack.gateways?.[1]?.peakEntries).toBeGreaterThan(0);
    const [near, far] = conntrack.gateways?.map((one) => one.entriesPerConnection ?? 0) ?? [];
    expect([near, far]).toEqual([expect.closeTo(0.5, 2), expect.closeTo(0.25, 2)]);
    const lost = {
      type: 'load',
      t: 5,
      at: 5.1,
      flood: 'requests',
      attempted: 40,
      failed: { 'connect-timeout': 40 },
      firstBadAt: 5,
    };
    const doubted = summarize([...several({ share: 0.5 }), lost as TimelineRecord], []).verdict;
    expect(doubted.reasons[0]).toContain('(near, far, client, host; not visible:');
  });

  it('have a curve each', () => {
    const records = several({ share: 0.5 }, 5);
    const summary = summarize(records, []);
    const series = seriesOf(factsOfRun(records, []), []);
    expect(series.gateways?.map(({ name }) => name)).toEqual(['near', 'far']);
    const texts = new Map(REPORTS.map(({ file, render }) => [file, render({ summary, series, latency: [], scenario: null })]));
    expect(texts.get('report.html')).toContain('Utilization by gateway');
    expect(texts.get('timeline.csv')?.split('\r\n')[0]).toContain('entries_max_near,drop_near,entries_max_far,drop_far');
  });

  it('are folded into one while the load runs', () => {
    const [meta] = several({ share: 1 });
    const fold = new GatewayFold(meta as MetaRecord);
    const sample = (gateway: string, t: number, entries: number, drop: number) =>
      fold.add({ type: 'conntrack', host: 'gateway', gateway, t, entries, drop });
    expect(sample('near', -0.1, 5, 10)).toBeUndefined();
    expect(sample('far', -0.1, 5, 0)).toBeUndefined();
    expect(sample('near', 0.1, 900, 10)).toMatchObject({ entries: 900, drop: 0 });
    expect(sample('far', 0.1, 300, 7)).toMatchObject({ entries: 900, drop: 7 });
    expect(sample('near', 0.2, 200, 13)).toMatchObject({ entries: 300, drop: 10 });
  });
});
