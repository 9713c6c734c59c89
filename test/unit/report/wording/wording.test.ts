import { describe, expect, it } from 'vitest';
import { evidenceText } from '../../../../src/report/wording/evidence.ts';
import { remedyText } from '../../../../src/report/wording/generator.ts';
import { objectionText } from '../../../../src/report/wording/objections.ts';
import { reasonText } from '../../../../src/report/wording/reasons.ts';
import { searchEndText, trialWhyText } from '../../../../src/report/wording/search.ts';
import { thresholdCrossed } from '../../../../src/report/wording/threshold.ts';

const TABLE = { drops: 0, peakEntries: 12_345, capacity: 65_536 };

describe('a reason', () => {
  it('writes its numbers as the rest of the report does', () => {
    const account = { synRetransmissions: 69_509, abandoned: 17_377, timeWaitDropped: 1, halfOpenLost: 0, datagramsLost: 0 };
    expect(
      reasonText({
        code: 'drops-accounted-for',
        figures: { kernelDrops: 86_885, ...account, ratio: 1, nearly: false, excess: 0 },
      }),
    ).toBe(
      'Every drop is accounted for: 86,885 packets dropped by the kernel, 69,509 retransmitted SYNs + 17,377 abandoned attempts − 1 SYN that the backend dropped in TIME_WAIT (ratio 1.000).',
    );
  });

  it('takes the words of a threshold from the record of earlier versions, which have nothing else', () => {
    const detail = 'conn_failed was to be rate<0.01 and was 0.62';
    const crossed = { metric: 'conn_failed', expression: 'rate<0.01', observed: 0.62 };
    const text = (changes: object) =>
      reasonText({ code: 'threshold-stopped', figures: { atSeconds: 4, crossed: undefined, detail, ...changes } });
    expect(text({})).toBe(`A threshold stopped the load at 4.00 s: ${detail}.`);
    expect(text({ crossed })).toBe('A threshold stopped the load at 4.00 s: conn_failed: expected rate<0.01, observed 0.62.');
  });

  it('of an invisible backend leaves open what is behind the gateway', () => {
    const text = (...tables: ('client' | 'backend' | 'host')[]) =>
      reasonText({ code: 'other-tables-clean', figures: { tables } });
    expect(text('client', 'backend', 'host')).toBe(
      'No other conntrack table on the path dropped packets (client 0, backend 0, host 0).',
    );
    expect(text('client')).toContain('what is behind the gateway is not monitored');
  });
});

describe('what makes a load lighter', () => {
  it('is one list, the machine last', () => {
    expect(remedyText([{ code: 'more-cores' }])).toBe('a machine with more cores');
    expect(remedyText([{ code: 'lower-rate', reached: 11_218.6 }, { code: 'protocol-tcp' }, { code: 'more-cores' }])).toBe(
      'a lower rate (this run reached about 11,219 per second), `protocol: tcp` (the same entries, nothing sent), or a machine with more cores',
    );
  });
});

describe('evidence', () => {
  it('says so when a host could not be read', () => {
    const figures = { backendResets: null, gatewayResets: 3, attemptFails: 3, table: null };
    expect(evidenceText({ code: 'refused', figures })).toBe(
      "The SYN was answered with a RST: the backend's kernel sent an unknown number of resets, the gateway's 3, and 3 of the client's attempts failed. It is unknown whether a conntrack table dropped packets.",
    );
  });

  it('says how far the table was from full', () => {
    expect(evidenceText({ code: 'other', figures: { answers: [], table: TABLE } })).toBe(
      'Unclassified error or HTTP status. No conntrack drop (peak 12,345 of 65,536 entries).',
    );
  });
});

describe('a search', () => {
  it('says why it has no answer', () => {
    expect(searchEndText({ code: 'nothing-held', value: 1250 })).toBe('nothing held, down to 1,250');
    expect(searchEndText({ code: 'trial', why: { code: 'interrupted', figures: {} } })).toBe(
      'The load was interrupted before it finished.',
    );
    expect(trialWhyText({ code: 'threshold-failed', metric: 'conn_failed', expression: 'rate<0.01' })).toBe(
      'Threshold failed: conn_failed rate<0.01.',
    );
  });
});

it('shows a crossed threshold with the unit of its metric', () => {
  const crossing = { metric: 'conn_connecting', expression: 'p(99)<250', observed: 312.4 };
  expect(thresholdCrossed(crossing)).toBe('conn_connecting: expected p(99)<250, observed 312 ms');
});

it('shows what keeps two sides from being compared', () => {
  const key = 'gateway.conntrack.max';
  expect(objectionText({ code: 'different', key, base: '1000', candidate: null })).toBe(`${key}: 1000 → (none)`);
  expect(objectionText({ code: 'mixed', side: 'BASE', key, values: ['1000', null] })).toContain(
    'in gateway.conntrack.max: 1000, (none)',
  );
});
