import { describe, expect, it } from 'vitest';
import { MetricCollector } from '../../../src/analysis/metrics/collector.ts';
import type { EventRecord, NetstatRecord, TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { run } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

const CLIENTS = ['client-1', 'client-2', 'client-3'];

/** A run whose client's counters are those of three, one third each; with `dropping` packets that the table of one drops. */
function threeClients(more: readonly TimelineRecord[] = [], dropping = 0): TimelineRecord[] {
  const records = run({ fullAt: 5 }).flatMap((record): TimelineRecord[] => {
    if (record.type === 'meta') {
      return [{ ...record, lab: { ...record.lab, clients: CLIENTS.map((name) => ({ name, machine: 'main' })) } }];
    }
    if (!('host' in record) || record.host !== 'client') return [record];
    if (record.type === 'netstat') return CLIENTS.map((client, index) => ({ ...record, client, counters: third(record, index) }));
    return CLIENTS.map((client, index) => ({ ...record, client, ...(index === 1 && record.t > 6 ? { drop: dropping } : {}) }));
  });
  return [...records.slice(0, -1), ...more, records.at(-1) as TimelineRecord];
}

/** What adds up to the whole, whole numbers each. */
function third({ counters }: NetstatRecord, index: number): Record<string, number> {
  return Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, Math.floor((value + index) / 3)]));
}

describe('several clients', () => {
  it('are judged as one', () => {
    const [one, three] = [summarize(run({ fullAt: 5 }), []), summarize(threeClients(), [])];
    expect(three.verdict).toEqual(one.verdict);
    expect(three.accounting).toEqual(one.accounting);
  });

  it('have tables of their own, which must not drop anything', () => {
    const { verdict } = summarize(threeClients([], 40), []);
    expect(verdict.validity).toBe('inconclusive');
    expect(verdict.reasonCodes).toContain('other-table-dropped');
  });

  it('leave no answer for the end of a run in which one was lost', () => {
    const lost: EventRecord = { type: 'event', t: 7, name: 'client-lost', detail: 'client-2, 7.0 s into the load' };
    const { verdict } = summarize(threeClients([lost]), []);
    expect(verdict.validity).toBe('inconclusive');
    expect(verdict.reasons.join(' ')).toContain('A client was lost, and the others went on: client-2, 7.0 s into the load');
  });

  it('have thresholds over the sum of their counters', () => {
    const collector = new MetricCollector({ scenario: { floods: [] } } as never);
    const count = (client: string, t: number, value: number) =>
      collector.netstat({ t, client, counters: { TcpExtTCPSynRetrans: value } });
    for (const [client, t, value] of [
      ['a', -1, 5],
      ['b', -1, 7],
      ['a', 1, 6],
      ['b', 1, 9],
    ] as const) {
      count(client, t, value);
    }
    expect(collector.read({ name: 'tcp_syn_retrans', tags: {} }, 1, ['count'])).toMatchObject({ count: 3 });
  });
});
