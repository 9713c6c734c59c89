import { describe, expect, it } from 'vitest';
import type { LoadRecord, NetstatRecord, TimelineRecord } from '../../../../src/model/timeline/sample.ts';
import { LATENCY, load, metaRecord, run, synRetransmissions } from '../../../fixtures/run.ts';
import { summarize } from '../../../fixtures/summary.ts';

/** Counters of one host that rise by these amounts during the load. */
function rising(host: NetstatRecord['host'], rises: Record<string, number>): TimelineRecord[] {
  const at = (t: number, by: number): NetstatRecord => ({
    type: 'netstat',
    t,
    host,
    counters: Object.fromEntries(Object.entries(rises).map(([name, rise]) => [name, 100 + by * rise])),
  });
  return [at(-0.4, 0), at(10, 1)];
}

const judge = (...more: TimelineRecord[]) => summarize([...run(), ...more], LATENCY).attribution;
const timedOut = (count: number): LoadRecord =>
  load(5, { attempted: count, failed: { 'connect-timeout': count }, abandoned: count, firstBadAt: 5 });

describe('every failed or delayed attempt has one cause', () => {
  it('the full table, where its drops are what the clients missed', () => {
    const [only, ...rest] = summarize(run({ fullAt: 6.005 }), LATENCY).attribution;
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ cause: 'conntrack-full', failed: 200, delayed: 0, count: 200, share: 1 });
    expect(only?.evidence).toMatch(
      /dropped 400 packets because the conntrack table was full.*retransmitted 200 SYNs and abandoned 200 attempts/,
    );
  });

  it('named from the sample that showed the first drop on, however late the generator was', () => {
    const late = LATENCY.map((one) => (one.phase === 'schedule_lag' ? { ...one, total: { ...one.total, p99: 1650 } } : one));
    expect(summarize(run({ fullAt: 6.005 }), late).attribution[0]?.evidence).toContain('From 6.01 s on');
  });

  it('packet loss, where no counter holds the missing SYNs', () => {
    const [only] = judge(timedOut(40), load(5, { delayed: 10 }), synRetransmissions(12, 900 + 50));
    expect(only).toMatchObject({ cause: 'connect-timeout', failed: 40, delayed: 10, count: 50, share: 1 });
    expect(only?.evidence).toMatch(/abandoned 40 attempts.*lost in transit .*No conntrack drop/);
  });

  it('packet loss also where the backend refused to queue a few, but not most of them', () => {
    expect(judge(timedOut(40), ...rising('backend', { TcpExtListenDrops: 3, TcpExtListenOverflows: 3 }))[0]?.cause).toBe(
      'connect-timeout',
    );
  });

  it('packet loss also where SYNs met connections in TIME_WAIT at the backend: with what did it, and what to do', () => {
    const [only, ...rest] = judge(
      timedOut(40),
      synRetransmissions(12, 900 + 579),
      ...rising('backend', { TcpExtPAWSTimewait: 619 }),
    );
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ cause: 'connect-timeout', failed: 40 });
    expect(only?.evidence).toMatch(
      /retransmitted 579 SYNs and abandoned 40 attempts; 619 of these SYNs met connections in TIME_WAIT.*the gateway reused source ports.*No conntrack drop.*What to do: keep tcp_time_wait/,
    );
    expect(only?.evidence).not.toContain('lost in transit');
  });

  it('and says how many others were lost', () => {
    const [only] = judge(timedOut(40), synRetransmissions(12, 900 + 700), ...rising('backend', { TcpExtPAWSTimewait: 619 }));
    expect(only?.evidence).toMatch(
      /619 of these SYNs met.*The other 121 SYNs or their replies were lost in transit .*queues dropped 0 SYNs.*about those in TIME_WAIT: keep/,
    );
  });

  it('TIME_WAIT on a kernel that counts it together with other PAWS rejections', () => {
    const [only] = judge(timedOut(40), synRetransmissions(12, 900 + 579), ...rising('backend', { TcpExtPAWSEstab: 619 }));
    expect(only?.evidence).toContain('619 of these SYNs met connections in TIME_WAIT');
    const newer = rising('backend', { TcpExtPAWSEstab: 619, TcpExtPAWSTimewait: 0 });
    expect(judge(timedOut(40), synRetransmissions(12, 900 + 579), ...newer)[0]?.evidence).not.toContain('TIME_WAIT');
  });

  it('neither TIME_WAIT nor a listen queue for what the other did to the attempts', () => {
    const both = (met: number, refused: number) => [
      timedOut(40),
      synRetransmissions(12, 900 + met + refused - 40),
      ...rising('backend', { TcpExtPAWSTimewait: met, TcpExtListenDrops: refused, TcpExtListenOverflows: refused }),
    ];
    expect(judge(...both(619, 3))[0]?.cause).toBe('connect-timeout');
    // Most SYNs met TIME_WAIT, but no attempt has to have felt that; what the queue refuses, one does.
    const [queue] = judge(...both(2000, 80));
    expect(queue?.cause).toBe('listen-overflow');
    expect(queue?.evidence).toMatch(/80 ListenDrops.*2,000 of these SYNs met connections in TIME_WAIT/);
  });

  it('an overflowing listen queue', () => {
    const [only] = judge(timedOut(40), ...rising('backend', { TcpExtListenDrops: 80, TcpExtListenOverflows: 79 }));
    expect(only?.cause).toBe('listen-overflow');
    expect(only?.evidence).toContain('79 ListenOverflows and 80 ListenDrops');
  });

  it('an unexpected answer, with the status or error that came most often', () => {
    const failed = [
      load(5, { attempted: 40, connected: 40, failed: { other: 40 }, failedWith: { '404': 37, EPERM: 2, malformed: 1 } }),
      load(6, { attempted: 9, connected: 9, failed: { 'http-5xx': 9 }, failedWith: { '503': 7, '504': 2 } }),
    ];
    const [other, server] = judge(...failed);
    expect(other?.evidence).toContain('An unexpected error or HTTP status (status 404: 37, EPERM: 2, malformed response: 1).');
    expect(server?.evidence).toContain('a status of 500 or above (status 503: 7, status 504: 2); the backend served');
  });

  it('a server that knows no WebSockets, with what came instead of 101', () => {
    const failed = load(5, { attempted: 40, connected: 40, failed: { other: 40 }, failedWith: { '200': 38, '404': 2 } });
    const [only] = judge(failed);
    expect(only?.evidence).toContain("HTTP status (status 200 instead of a WebSocket's 101: 38, status 404: 2).");
  });

  it('a missing route, although only a few learn of it', () => {
    const told = load(5, { attempted: 3, failed: { unreachable: 3 } });
    const [only, ...rest] = judge(timedOut(40), told, ...rising('gateway', { IpExtInNoRoutes: 43 }));
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ cause: 'unreachable', failed: 43 });
    expect(only?.evidence).toContain('43 on the gateway');
  });

  it('two at once: the shares add up, the most frequent first', () => {
    const slow = load(2, { attempted: 300, connected: 300, failed: { 'response-timeout': 300 } });
    const both = summarize([...run({ fullAt: 6.005 }), slow], LATENCY).attribution;
    expect(both.map(({ cause, count, share }) => [cause, count, share])).toEqual([
      ['response-timeout', 300, 0.6],
      ['conntrack-full', 200, 0.4],
    ]);
  });

  it('and none is named when nothing failed', () => {
    expect(judge()).toEqual([]);
  });
});

describe('half-open floods', () => {
  const meta = metaRecord();
  const floods = [...meta.scenario.floods, { name: 'syns', kind: 'half-open', executor: 'burst' }];
  const records = run({ fullAt: 6.005 }).map((record): TimelineRecord => {
    if (record.type === 'meta') return { ...record, scenario: { ...record.scenario, floods } };
    // 60 more packets dropped than requests account for
    if (record.type === 'conntrack' && record.t > 10 && record.drop !== undefined) return { ...record, drop: record.drop + 60 };
    return record;
  });
  const sent = load(7, { flood: 'syns', attempted: 500, succeeded: 500 });

  it('are accounted for by what the backend swallowed', () => {
    const arrived = rising('backend', { IpInReceives: 5440, IpInDelivers: 5000 });
    const { accounting, verdict } = summarize([...records, sent, ...arrived], LATENCY);
    expect(accounting).toMatchObject({ kernelDrops: 460, halfOpenLost: 60, explainedByClients: 460, share: 1 });
    expect(verdict.kind).toBe('broke');
  });

  it('are not what else the input hook of the backend dropped: that its clients retransmit, and it is no drop of the table', () => {
    const inputDropped = rising('backend', { IpInReceives: 5540, IpInDelivers: 5000 });
    const counts = { type: 'backend', t: 21, connections: 500, requests: 500, upgrades: 0, stale: 0, halfOpenSyns: 440 } as const;
    const retransmitted = records.map((record) =>
      record.type === 'netstat' && record.host === 'client' && record.t > 10
        ? { ...record, counters: { TcpExtTCPSynRetrans: (record.counters['TcpExtTCPSynRetrans'] ?? 0) + 100 } }
        : record,
    );
    const { accounting, verdict } = summarize([...retransmitted, sent, ...inputDropped, counts], LATENCY);
    expect(accounting).toMatchObject({ kernelDrops: 460, halfOpenLost: 60, explainedByClients: 560 });
    expect(verdict).toMatchObject({ kind: 'inconclusive', reasonCodes: ['counters-disagree'] });
  });

  it('leave the accounting open when more is missing than arrived', () => {
    const { verdict } = summarize([...records, sent, ...rising('backend', { IpInReceives: 5100, IpInDelivers: 5000 })], LATENCY);
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reasons.join(' ')).toContain("The counters don't reconcile");
  });
});

describe('udp floods', () => {
  const meta = metaRecord();
  const floods = [...meta.scenario.floods, { name: 'lookups', kind: 'udp', executor: 'burst' }];
  /** Of 500 questions `failed` got no answer; the gateway dropped 460 packets, 60 more than the requests account for. */
  const of = (failed: number) => [
    ...run({ fullAt: 6.005 }).map((record): TimelineRecord => {
      if (record.type === 'meta') return { ...record, scenario: { ...record.scenario, floods } };
      if (record.type === 'conntrack' && record.t > 10 && record.drop !== undefined) return { ...record, drop: record.drop + 60 };
      return record;
    }),
    load(7, { flood: 'lookups', attempted: 500, succeeded: 500 - failed, failed: { 'response-timeout': failed }, firstBadAt: 7 }),
  ];
  const kernels = (client: object, backend: object, gateway: object = {}) => [
    ...rising('client', { TcpExtTCPSynRetrans: 200, ...client }),
    ...rising('backend', { ...backend }),
    ...rising('gateway', { ...gateway }),
  ];
  const judged = (failed: number, counters: TimelineRecord[]) => {
    const others = of(failed).filter((record) => record.type !== 'netstat');
    return summarize([...others, ...counters], LATENCY);
  };

  it('are accounted for by what one kernel sent and the next never got', () => {
    const silent = judged(0, kernels({ UdpOutDatagrams: 500 }, { UdpNoPorts: 440 }));
    expect(silent.accounting).toMatchObject({ kernelDrops: 460, datagramsLost: 60, explainedByClients: 460, share: 1 });
    expect(silent.verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
    expect(silent.verdict.reasons.join(' ')).toContain('+ 60 datagrams that did not arrive (ratio 1.000)');
  });

  it('and their answers likewise, but for those that ended at the gateway', () => {
    const { accounting } = judged(
      65,
      kernels({ UdpOutDatagrams: 500, UdpInDatagrams: 435 }, { UdpInDatagrams: 450, UdpOutDatagrams: 450 }, { UdpNoPorts: 5 }),
    );
    expect(accounting).toMatchObject({ datagramsLost: 50 + 10, share: 1 });
  });

  it('without an answer they failed for the table', () => {
    const { attribution } = judged(
      60,
      kernels({ UdpOutDatagrams: 500, UdpInDatagrams: 440 }, { UdpInDatagrams: 440, UdpOutDatagrams: 440 }),
    );
    expect(attribution.map(({ cause, failed }) => [cause, failed])).toEqual([['conntrack-full', 260]]);
    expect(attribution[0]?.evidence).toContain('60 datagrams did not arrive');
  });

  it('that no table dropped make the run inconclusive, although no client missed them', () => {
    const quiet = of(0).filter(({ type }) => type !== 'netstat' && type !== 'conntrack');
    const tables = run().filter(({ type }) => type === 'conntrack');
    const requests = run().filter(({ type }) => type === 'load');
    const others = quiet.filter((record) => record.type !== 'load' || record.flood === 'lookups');
    const lossy = [
      ...others,
      ...tables,
      ...requests,
      ...kernels({ TcpExtTCPSynRetrans: 0, UdpOutDatagrams: 500 }, { UdpNoPorts: 440 }),
    ];
    expect(summarize(lossy, LATENCY).verdict).toMatchObject({
      kind: 'inconclusive',
      reasons: [
        '60 datagrams did not arrive although no conntrack table that ctload can see dropped a packet (gateway, client, backend, host).',
        expect.anything(),
        expect.anything(),
      ],
    });
  });

  it('but not when most of them did arrive: a full receive buffer loses datagrams too', () => {
    const full = { UdpInDatagrams: 340, UdpInErrors: 100, UdpRcvbufErrors: 100, UdpOutDatagrams: 340 };
    const { attribution, accounting } = judged(160, kernels({ UdpOutDatagrams: 500, UdpInDatagrams: 340 }, full));
    expect(accounting).toMatchObject({ datagramsLost: 60, share: 1 });
    expect(attribution.map(({ cause, failed }) => [cause, failed])).toEqual([
      ['conntrack-full', 200],
      ['response-timeout', 160],
    ]);
    expect(attribution[1]?.evidence).toMatch(/500 datagrams sent and 340 answered, 60 did not arrive.*lost 100 at the backend/);
  });
});
