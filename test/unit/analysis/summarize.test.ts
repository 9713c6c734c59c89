import { describe, expect, it } from 'vitest';
import type { TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { dropsElsewhere, LATENCY, load, run, sample, synRetransmissions } from '../../fixtures/run.ts';
import { summarize } from '../../fixtures/summary.ts';

const judge = (records: readonly TimelineRecord[]) => summarize(records, LATENCY);
const replaceEnd = (records: readonly TimelineRecord[], ...more: TimelineRecord[]) => [...records.slice(0, -1), ...more];
const FULL = { fullAt: 6.005 };

describe('a table that fills up', () => {
  const summary = judge(run(FULL));

  it('broke because conntrack is full', () => {
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
  });

  it('broke at the sample in which drop rises, at the capacity', () => {
    expect(summary.breakingPoint).toMatchObject({
      atSeconds: 6.01,
      firstDropAtSeconds: 6.01,
      firstEarlyDropAtSeconds: null,
      entries: 1000,
      utilization: 1,
      offeredRate: 100,
      openConnections: 3,
      timeToFullSeconds: 6.01,
      states: { TIME_WAIT: 900, ESTABLISHED: 100 },
    });
  });

  it('takes the first failure from an attempt due just before the sample that shows its drop', () => {
    expect(summary.breakingPoint?.firstFailureAtSeconds).toBe(6.001);
  });

  it('accounts for every drop since the start of the load, not since boot', () => {
    expect(summary.accounting).toEqual({
      kernelDrops: 400,
      explainedByClients: 400,
      share: 1,
      synRetransmissions: 200,
      abandoned: 200,
      halfOpenLost: 0,
      datagramsLost: 0,
      timeWaitDropped: 0,
      listenDropped: 0,
      chainRefused: 0,
      clashDropped: 0,
      ruleDropped: 0,
      laterRetransmissions: 0,
      laterResets: 0,
      backlogDropped: 0,
      upstreamRetransmissions: 0,
      upstreamAbandoned: 0,
    });
  });

  it('blames timed-out connects on the table', () => {
    expect(summary.floods['requests']).toMatchObject({ attempted: 1000, failed: 200, failures: { 'conntrack-full': 200 } });
  });

  it('shows that CPU and memory were fine', () => {
    expect(summary.headroom).toEqual({
      gatewayCpuShareAtBreak: 0.05,
      gatewayCpuIsUpperBound: true,
      gatewayMemoryShareAtBreak: 0.1,
      hostCpuShareAtBreak: 0.4,
      ctloadCpuShareAtBreak: 0.3,
      otherCpuShareAtBreak: 0.05,
    });
  });

  it('finds failures and connect times to follow utilization', () => {
    expect(summary.correlation.failuresVsUtilization).toBeGreaterThan(0.6);
    expect(summary.correlation.latencyVsUtilization).toBeGreaterThan(0.9);
    expect(Math.abs(summary.correlation.lagSeconds ?? 1)).toBeLessThan(0.02);
  });

  it('gives its reasons with figures', () => {
    expect(summary.verdict.reasons.join(' ')).toMatch(
      /1,000 of 1,000 entries.*6\.01 s.*400 packets.*200 retransmitted SYNs \+ 200.*ratio 1\.000/,
    );
  });

  it('finds the same whatever the order of the records', () => {
    const records = run(FULL);
    const shuffled = [records[0] as TimelineRecord, ...records.slice(1, -1).reverse(), records.at(-1) as TimelineRecord];
    expect(judge(shuffled)).toEqual(summary);
  });
});

describe('the count of entries', () => {
  it('is clamped where a sample caught an entry that the kernel takes back: one a CPU', () => {
    const summary = judge(run({ ...FULL, overshoot: 2 }));
    expect(summary.verdict.kind).toBe('broke');
    expect(summary.conntrack.peakEntries).toBe(1000);
    expect(summary.breakingPoint?.entries).toBe(1000);
  });

  it('is impossible beyond that, and proves nothing', () => {
    const summary = judge(run({ ...FULL, overshoot: 3 }));
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(summary.verdict.reasons).toEqual([
      expect.stringContaining('1,003 entries at 6.01 s, more than its capacity of 1,000'),
    ]);
    expect(summary.breakingPoint).toBeNull();
  });

  it('is possible beyond that for a second after evictions, whose packets may still be on their way', () => {
    const evicting = (at: number) =>
      run(FULL).flatMap((record) =>
        record.type === 'conntrack' && record.host === 'gateway' && record.t === 8
          ? [sample(at, 1000, { earlyDrop: 30 + 5 }), sample(8, 1007)]
          : [record],
      );
    expect(judge(evicting(7.5)).verdict.kind).toBe('broke');
    expect(judge(evicting(7.5)).conntrack.peakEntries).toBe(1000);
    expect(judge(evicting(6.5)).verdict.reasonCodes).toEqual(['impossible-entries']);
    // However many are evicted, more than a hundredth above it says that the limit is another one.
    const raised = [...evicting(7.5), sample(7.9, 1000, { earlyDrop: 30 + 500 }), sample(8.01, 1013)];
    expect(judge(raised).verdict.reasonCodes).toEqual(['impossible-entries']);
  });

  it('at the break is that before it when the garbage collector ran in between', () => {
    const records = run(FULL).map((record) =>
      record.type === 'conntrack' && record.host === 'gateway' && record.t === 6.01 ? { ...record, entries: 743 } : record,
    );
    expect(judge(records).breakingPoint?.entries).toBe(999); // the sample at 6.00 s
  });
});

describe('a break that is not the table alone', () => {
  it.each([
    ['client', "the client's table dropped 12"],
    ['backend', "the backend's table dropped 12"],
    ['host', "this machine's own table dropped 12"],
  ] as const)('is inconclusive when the table of %s dropped too', (owner, text) => {
    const summary = judge(replaceEnd(run(FULL), dropsElsewhere(owner, 12), ...run(FULL).slice(-1)));
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', cause: null });
    expect(summary.verdict.reasons).toEqual([expect.stringContaining(text)]);
    expect(summary.breakingPoint).toBeNull();
    expect(summary.floods['requests']?.failures).toEqual({ 'conntrack-full': 194, 'connect-timeout': 6 }); // 400 of 412 drops
  });

  it('is inconclusive when clients lost more packets than the table dropped', () => {
    const summary = judge([...run(FULL), synRetransmissions(12, 900 + 200 + 13)]);
    expect(summary.accounting.share).toBe(1.0325);
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons.join()).toContain('Something else also lost packets');
  });

  it('is inconclusive when clients saw less than the table dropped', () => {
    const summary = judge([...run(FULL), synRetransmissions(12, 900 + 187)]);
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons.join()).toContain('The table also dropped other traffic');
  });

  it('accepts drops of what closing connections repeated after gc had taken their entries, and says so', () => {
    const counters = { TcpExtTCPSynRetrans: 900 + 187, TcpRetransSegs: 187 + 20, TcpActiveOpens: 10 };
    const summary = judge([...run(FULL), { type: 'netstat', t: 12, host: 'client', counters }]);
    expect(summary.accounting).toMatchObject({ kernelDrops: 400, explainedByClients: 387, laterRetransmissions: 20 });
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(summary.verdict.reasons.join()).toContain('The other 13 drops were not SYNs');
  });

  describe('and resets', () => {
    const lost = (dataplane: 'iptables' | 'proxy', resets: number, unanswered: number) => {
      const counters = { TcpExtTCPSynRetrans: 900 + 180, TcpRetransSegs: 180, TcpOutRsts: resets };
      const records = run(FULL).map((record) =>
        record.type === 'meta' ? { ...record, lab: { ...record.lab, dataplane } } : record,
      );
      const cut = load(9, { failed: { 'response-timeout': unanswered } });
      return judge([...records, cut, { type: 'netstat', t: 12, host: 'client', counters }]);
    };

    it('are accepted of a gateway that ends connections itself, and what is left within the tolerance is named', () => {
      const { kind, reasons } = lost('proxy', 11, 20).verdict;
      expect(kind).toBe('broke');
      expect(reasons.join()).toMatch(/11 more drops were not SYNs: .* 11 resets sent\)\. 9 are not known\./);
      expect(lost('proxy', 7, 20).verdict.kind).toBe('inconclusive');
    });

    it('say nothing of connections that ended well, as with close: rst, nor where the gateway forwards', () => {
      expect(lost('proxy', 500, 7).accounting.laterResets).toBe(7);
      expect(lost('proxy', 500, 7).verdict.kind).toBe('inconclusive');
      expect(lost('iptables', 500, 20).accounting.laterResets).toBe(0);
      expect(lost('iptables', 500, 20).verdict.kind).toBe('inconclusive');
    });
  });

  it('takes SYN-ACKs for dropped only where a tunnel has entries for each direction', () => {
    const lost = (tunnel: boolean) => {
      const tracking = tunnel ? { tracking: { flows: 0, outer: 2 } } : {};
      const records = run(FULL).map((record) =>
        record.type === 'meta' ? { ...record, lab: { ...record.lab, ...tracking } } : record,
      );
      const backend = (t: number, count: number): TimelineRecord => {
        return { type: 'netstat', t, host: 'backend', counters: { TcpExtTCPSynRetrans: count, TcpRetransSegs: count } };
      };
      return judge([...records, synRetransmissions(12, 900 + 180), backend(-0.4, 0), backend(12, 30)]);
    };
    expect(lost(true).verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(lost(false).verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
  });

  describe('while the backend dropped SYNs that met connections in TIME_WAIT', () => {
    const paws = (count: number): TimelineRecord[] =>
      [-0.4, 12].map((t, index) => ({
        type: 'netstat',
        t,
        host: 'backend',
        counters: { TcpExtPAWSTimewait: 100 + index * count },
      }));
    const repeated = synRetransmissions(12, 900 + 200 + 500);

    it('is proven all the same: they are subtracted from what clients retransmitted', () => {
      const summary = judge([...run(FULL), repeated, ...paws(500)]);
      expect(summary.accounting).toMatchObject({ kernelDrops: 400, explainedByClients: 400, share: 1, timeWaitDropped: 500 });
      expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
      expect(summary.verdict.reasons.join()).toContain(
        '700 retransmitted SYNs + 200 abandoned attempts − 500 SYNs that the backend dropped in TIME_WAIT (ratio 1.000)',
      );
      expect(summary.attribution.map(({ cause, count }) => [cause, count])).toEqual([['conntrack-full', 200]]);
      expect(summary.attribution[0]?.evidence).toContain(
        'the backend dropped 500 of these SYNs, which met connections in TIME_WAIT',
      );
    });

    it('is not, when they are too few or too many for what clients repeated', () => {
      expect(judge([...run(FULL), repeated, ...paws(480)]).verdict.reasons.join()).toContain('Something else also lost packets');
      expect(judge([...run(FULL), repeated, ...paws(520)]).verdict.reasons.join()).toContain(
        'The table also dropped other traffic',
      );
    });

    it('is not blamed for more attempts than its drops can have delayed', () => {
      const delayed = load(7, { delayed: 900, firstBadAt: 7 });
      const summary = judge([...run(FULL), delayed, synRetransmissions(12, 900 + 200 + 2000), ...paws(2000)]);
      expect(summary.accounting.share).toBe(1);
      expect(summary.verdict.kind).toBe('broke');
      expect(summary.attribution.map(({ cause, count }) => [cause, count])).toEqual([
        ['connect-timeout', 700],
        ['conntrack-full', 400],
      ]);
      expect(summary.attribution[0]?.evidence).toMatch(
        /2,000 of these SYNs met connections in TIME_WAIT.*also dropped 400 packets/,
      );
    });
  });

  it('is marked when the machine itself lost packets on the way, and the break is shown', () => {
    const lost = (t: number, backlogDropped: number): TimelineRecord => {
      const share = { cpuShare: 1, softirqShare: 0.5, ctloadShare: 0.5, memoryShare: 0.1, memoryAvailableBytes: 1e9 };
      return { type: 'host', t, ...share, backlogDropped };
    };
    const summary = judge([lost(-0.1, 1000), ...run(FULL), lost(13, 1040), synRetransmissions(12, 900 + 200 + 40)]);
    expect(summary.accounting).toMatchObject({ kernelDrops: 400, explainedByClients: 440, backlogDropped: 40 });
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'generator-bound' });
    expect(summary.verdict.reasons[0]).toContain('its machine lost 40 packets between the namespaces');
  });

  it('accepts what is within 3 %', () => {
    expect(judge([...run(FULL), synRetransmissions(12, 900 + 200 + 12)]).verdict.kind).toBe('broke');
  });

  it('accepts more repeats than drops when early drop evicted that many handshakes, and says so', () => {
    const records = [...run(FULL), sample(10.5, 1000, { earlyDrop: 30 + 40 }), synRetransmissions(12, 900 + 200 + 40)];
    const summary = judge(records);
    expect(summary.verdict.kind).toBe('broke');
    expect(summary.accounting.share).toBe(1.1);
    expect(summary.verdict.reasons.join()).toContain('early drop evicted 40 flows');
    expect(judge([...records, synRetransmissions(12.5, 900 + 200 + 60)]).verdict.kind).toBe('inconclusive');
  });

  it('needs a client that felt it', () => {
    const records = run(FULL).map((record): TimelineRecord => {
      if (record.type !== 'load') return record;
      const { firstBadAt, abandoned, failed, ...rest } = record;
      return rest;
    });
    const summary = judge([...records, synRetransmissions(12, 900 + 400)]);
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons.join()).toContain('no attempt failed or was delayed');
  });
});

describe('before the table breaks', () => {
  it('tells when early drop began to sacrifice flows', () => {
    const records = [...run(FULL), sample(5.505, 990, { earlyDrop: 31 })];
    expect(judge(records).breakingPoint).toMatchObject({ firstEarlyDropAtSeconds: 5.505, firstDropAtSeconds: 6.01 });
  });

  it('does not blame the table for what failed earlier', () => {
    const early = load(2, { attempted: 1, failed: { 'connect-timeout': 1 }, firstBadAt: 2 });
    const summary = judge([...run(FULL), early]);
    expect(summary.breakingPoint?.firstFailureAtSeconds).toBe(6.001);
    expect(summary.floods['requests']?.failures).toEqual({ 'conntrack-full': 200, 'connect-timeout': 1 });
  });
});

describe('a table that has room', () => {
  it('held', () => {
    const summary = judge(run());
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: null });
    expect(summary.breakingPoint).toBeNull();
    expect(summary.accounting).toMatchObject({ kernelDrops: 0, share: null });
    expect(summary.verdict.reasons.join(' ')).toContain('peaked at 500 of 1,000 entries (50 %). All 1,000 attempts succeeded.');
  });

  it('held in spite of one stray failure in a thousand', () => {
    expect(judge([...run(), load(5, { failed: { reset: 1 } })]).verdict.kind).toBe('held');
  });

  it('was not tried when nothing was attempted', () => {
    const summary = judge(run().filter((record) => record.type !== 'load'));
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons.join()).toContain('No attempts were made');
  });

  it('is not said to have held a load that was interrupted', () => {
    const summary = judge(replaceEnd(run(), { type: 'end', t: 4, outcome: 'interrupted' }));
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons.join()).toContain('interrupted');
  });

  it.each([
    ['refused', { refused: 40 }, 'refused'],
    ['connect-timeout', { 'connect-timeout': 40 }, 'connect-timeout'],
    ['http-5xx', { 'http-5xx': 40, reset: 3 }, 'http-5xx'],
  ] as const)('is not blamed for failures: %s', (_, failed, cause) => {
    const summary = judge([...run(), load(5, { attempted: 43, failed, firstBadAt: 5 })]);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', cause });
    expect(summary.verdict.reasons.join()).toContain(`${cause} 40`);
  });

  it('names a listen queue that overflowed', () => {
    const overflow = (t: number, count: number): TimelineRecord => ({
      type: 'netstat',
      t,
      host: 'backend',
      counters: { TcpExtListenDrops: count, TcpExtListenOverflows: count },
    });
    const timeouts = load(5, { attempted: 40, failed: { 'connect-timeout': 40 }, firstBadAt: 5 });
    const summary = judge([...run(), timeouts, overflow(-0.4, 100), overflow(9, 180)]);
    expect(summary.verdict.cause).toBe('listen-overflow');
    expect(summary.floods['requests']?.failures).toEqual({ 'listen-overflow': 40 });
  });

  it('is not blamed for connections that were only slow', () => {
    const summary = judge([...run(), load(5, { delayed: 30, firstBadAt: 5 }), synRetransmissions(12, 900 + 30)]);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(summary.verdict.reasons.join()).toContain('30 connections needed a SYN retransmission');
  });
});

describe('the generator', () => {
  it('was the limit when it left out more than 1 % of the schedule', () => {
    const summary = judge([...run(), load(5, { notStarted: 20 })]);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'generator-bound' });
    expect(summary.verdict.reasons[0]).toContain('could not start 20 of 1,020 attempts in time (2.0 % of the whole load)');
  });

  it('was the limit of a load that was interrupted, too', () => {
    const summary = judge([...replaceEnd(run(), { type: 'end', t: 6, outcome: 'interrupted' }), load(5, { notStarted: 20 })]);
    expect(summary.verdict.validity).toBe('generator-bound');
    expect(summary.verdict.reasons.join()).toContain('interrupted');
  });

  it('was the limit when it ran out of ports', () => {
    const summary = judge([...run(), load(5, { attempted: 50, failed: { 'ports-exhausted': 50 } })]);
    expect(summary.verdict).toMatchObject({ kind: 'inconclusive', validity: 'generator-bound', cause: 'ports-exhausted' });
  });

  it('makes a break doubtful only by what it lacked before it', () => {
    expect(judge([...run(FULL), load(8, { notStarted: 50 })]).verdict.validity).toBe('valid');
    const before = judge([...run(FULL), load(3, { notStarted: 50 })]).verdict;
    expect(before).toMatchObject({ kind: 'broke', validity: 'generator-bound' });
    expect(before.reasons.join(' ')).toContain('before the break');
  });

  it('must open one connection per request', () => {
    const shared = run().map((record) => (record.type === 'backend' ? { ...record, connections: 300 } : record));
    const summary = judge(shared);
    expect(summary.generator.connectionsPerRequest).toBeCloseTo(0.333, 3);
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons[0]).toContain('0.333 connections per request');
  });
});

describe('a run that did not go as it should', () => {
  const [end] = run(FULL).slice(-1) as [TimelineRecord];

  it.each([
    ['lease-lost', "The table's capacity was changed during the run: nf_conntrack_max is 999."],
    [
      'process-lost',
      'A process of the run was lost: nf_conntrack_max is 999. What it did or measured after its last message is missing from the record.',
    ],
  ] as const)('is inconclusive after %s', (name, reason) => {
    const lost: TimelineRecord = { type: 'event', t: 7, name, detail: 'nf_conntrack_max is 999' };
    const failed: TimelineRecord = { type: 'end', t: 7, outcome: 'failed', detail: 'nf_conntrack_max is 999' };
    expect(judge(replaceEnd(run(FULL), lost, failed)).verdict).toMatchObject({ kind: 'inconclusive', reasons: [reason] });
    expect(judge(replaceEnd(run(), lost, end)).verdict.kind).toBe('inconclusive');
  });

  it('is inconclusive when the recording is truncated', () => {
    const summary = judge(replaceEnd(run(FULL)));
    expect(summary.verdict.kind).toBe('inconclusive');
    expect(summary.verdict.reasons.join()).toContain('killed');
  });

  it('still broke when it was interrupted after the break', () => {
    expect(judge(replaceEnd(run(FULL), { type: 'end', t: 9, outcome: 'interrupted' })).verdict.kind).toBe('broke');
  });
});

it('a table that did not break has no recovery, unless endpoints went while the load ran', () => {
  const gone = { type: 'event', t: 4, name: 'action', action: { endpoint: 'gone', doneSeconds: 4.1 } } as const;
  const held = run({});
  expect(judge(held).recovery).toBeNull();
  const { verdict, recovery } = judge(replaceEnd(held, gone, held.at(-1) as TimelineRecord));
  expect(verdict.kind).toBe('held');
  expect(recovery).toMatchObject({ atSeconds: 4.1, afterBreakSeconds: 0, afterActionSeconds: null });
  const late = { ...gone, action: { endpoint: 'gone', doneSeconds: 400 } } as const;
  expect(judge(replaceEnd(held, late, held.at(-1) as TimelineRecord)).recovery).toBeNull();
});

describe('insertions that failed', () => {
  const failing = (evictedAt: number, insertFailed: number) => [
    ...run(FULL).filter(({ type }) => type !== 'end'),
    sample(evictedAt, 1000, { earlyDrop: 30 + 60 }),
    sample(8.005, 1000, { insertFailed: 5 + insertFailed }),
    ...run(FULL).filter(({ type }) => type === 'end'),
  ];

  it('after evictions may be of flows that went on, as far as the tolerance leaves it open', () => {
    expect(judge(failing(7.005, 12)).verdict.kind).toBe('broke');
    expect(judge(failing(7.005, 20)).verdict.reasonCodes).toEqual(['inserts-refused']); // of 400 drops
  });

  it('before the first eviction are not', () => {
    expect(judge(failing(9.005, 12)).verdict.reasonCodes).toEqual(['inserts-refused']);
  });
});
