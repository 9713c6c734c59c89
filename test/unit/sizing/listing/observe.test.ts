import { describe, expect, it } from 'vitest';
import { Census } from '../../../../src/sizing/listing/census.ts';
import { parseFlow, parseLine } from '../../../../src/sizing/listing/line.ts';
import { type ObserveOptions, observe } from '../../../../src/sizing/listing/observe.ts';
import { FORMS, tcpLine, udpLine } from '../../../fixtures/listings.ts';

const OPTIONS: ObserveOptions = { source: 'table.txt', timeouts: {}, staleAfterSeconds: 600, top: 3, anonymise: false };

function census(lines: Iterable<string>): Census {
  const counted = new Census();
  for (const line of lines) counted.addLine(line);
  return counted;
}

function observed(lines: Iterable<string>, options: Partial<ObserveOptions> = {}) {
  return observe(census(lines), { ...OPTIONS, ...options });
}

/** The entries that `rate` arrivals a second leave, the last of them just now, as listed: whole seconds, rounded down. */
function left(rate: number, { timeout, since }: { timeout: number; since: number }): number[] {
  const ages = Array.from({ length: Math.floor(rate * Math.min(since, timeout)) }, (_, index) => index / rate);
  return ages.map((age) => Math.floor(timeout - age - 1e-6));
}

describe('a line of a listing', () => {
  it.each(Object.entries(FORMS))('is read: %s', (form, line) => {
    expect((form === '-o xml' ? parseFlow : parseLine)(line)).toEqual({
      protocol: 'tcp',
      state: 'ESTABLISHED',
      secondsLeft: 85_999,
      age: form.includes('timestamp') ? 31 : null,
      destination: '198.18.0.3',
      port: 443,
      assured: true,
      unreplied: false,
    });
  });

  it.each([
    [
      'udp      17 24 src=2001:2::1 dst=2001:2::2 sport=1001 dport=53 [UNREPLIED] src=2001:2::2 dst=2001:2::1 sport=53 dport=1001 mark=0 use=1',
      { protocol: 'udp', state: null, destination: '2001:2::2', port: 53, unreplied: true },
    ],
    [
      'icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=7 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=7 mark=0 use=1',
      { protocol: 'icmp', secondsLeft: 29, port: null },
    ],
    [
      'ipv4     2 unknown  2 597 src=10.0.0.1 dst=224.0.0.1 [UNREPLIED] src=224.0.0.1 dst=10.0.0.1 mark=0 zone=0 use=2',
      { protocol: 'unknown', secondsLeft: 597, port: null },
    ],
    [
      'ipv4     2 tcp      6 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=5 [OFFLOAD] mark=0 use=2',
      { protocol: 'tcp', secondsLeft: null, port: 80 },
    ],
    [
      'tcp      6 114 TIME_WAIT src=10.0.0.1 dst=10.0.0.2 sport=5 dport=80 src=10.0.0.2 dst=10.0.0.1 sport=80 dport=5 [ASSURED] mark=0 delta-time=31 use=1',
      { secondsLeft: 114, age: 31 },
    ],
  ])('is read: %s', (line, expected) => {
    expect(parseLine(line)).toMatchObject(expected);
  });

  it('that is cut off anywhere is damaged or the same entry, never another one', () => {
    for (const [form, line] of Object.entries(FORMS)) {
      const read = form === '-o xml' ? parseFlow : parseLine;
      const whole = read(line);
      for (let length = 0; length < line.length; length++) {
        const cut = read(line.slice(0, length));
        if (cut !== undefined) expect({ ...cut, assured: true, age: whole?.age }, line.slice(0, length)).toEqual(whole);
      }
    }
  });
});

describe('a census', () => {
  it('names damaged lines and counts the others', () => {
    const counted = census(['<?xml version="1.0" encoding="utf-8"?>', '', tcpLine('TIME_WAIT', 5), 'tcp 6 5 TIME_WA', '\u0000']);
    expect(counted).toMatchObject({ entries: 1, damaged: 2, samples: [{ line: 4, text: 'tcp 6 5 TIME_WA' }, { line: 5 }] });
  });

  it('counts the entries of every form', () => {
    expect(census(Object.values(FORMS))).toMatchObject({ entries: 7, assured: 7, damaged: 0, states: { ESTABLISHED: 7 } });
  });
});

describe('the load behind a listing', () => {
  it.each([
    [60, 300],
    [60, 40],
    [400, 12],
  ])('has the rate of short connections: %d/s for %d s', (rate, since) => {
    const lines = left(rate, { timeout: 120, since }).map((seconds, from) => tcpLine('TIME_WAIT', seconds, { from }));
    const { load, streams } = observed(lines);
    expect(load.rate.value / rate).toBeCloseTo(1, 1);
    expect(load.rate.low).toBeLessThan(load.rate.value);
    expect(load.rate.high).toBeGreaterThan(load.rate.value);
    expect(streams).toEqual([{ kind: 'requests', name: 'requests', rate: load.rate.value, lifetimeSeconds: 0, close: 'fin' }]);
  });

  it('adds those that end with a RST', () => {
    const lines = [
      ...left(50, { timeout: 120, since: 500 }).map((seconds) => tcpLine('TIME_WAIT', seconds)),
      ...left(30, { timeout: 10, since: 500 }).map((seconds) => tcpLine('CLOSE', seconds)),
    ];
    expect(observed(lines).load.rate.value).toBeCloseTo(80, 0);
  });

  it('goes by the timeouts of the node', () => {
    const lines = left(50, { timeout: 30, since: 500 }).map((seconds) => tcpLine('TIME_WAIT', seconds));
    expect(observed(lines, { timeouts: { tcp_time_wait: 30 } }).load.rate.value).toBeCloseTo(50, 0);
    const assumed = observed(lines);
    expect(assumed.assumptions.join('\n')).toContain(
      'nothing came for 1m31s, or the timeout of that node is shorter (--timeout tcp_time_wait=30s)',
    );
  });

  it('says that a timeout is longer than assumed, and goes by it', () => {
    const lines = left(50, { timeout: 300, since: 900 }).map((seconds) => tcpLine('TIME_WAIT', seconds));
    const { load, timeouts, assumptions } = observed(lines);
    expect(load.rate.value / 50).toBeCloseTo(1, 1);
    expect(timeouts).toEqual({ tcp_time_wait: 300 });
    expect(assumptions.join('\n')).toContain('tcp_time_wait is at least 4m59s on that node');
  });

  it('tells DNS from other UDP, and both from streams', () => {
    const lines = [
      ...left(40, { timeout: 30, since: 100 }).map((seconds) => udpLine(seconds)),
      ...left(20, { timeout: 30, since: 100 }).map((seconds) => udpLine(seconds, 8125)),
      udpLine(100).replace('mark', '[ASSURED] mark'),
    ];
    const { load, streams } = observed(lines);
    expect([load.dnsFlows.value, load.udpFlows.value].map(Math.round)).toEqual([40, 20]);
    expect(streams).toContainEqual({ kind: 'held', name: 'UDP streams', connections: 1, state: 'ESTABLISHED' });
  });

  it('tells held connections from those that leak', () => {
    const lines = [
      ...Array.from({ length: 500 }, (_, index) => tcpLine('ESTABLISHED', 86_399 - (index % 30), { from: index })),
      ...left(2, { timeout: 86_400, since: 1800 }).map((seconds) => tcpLine('ESTABLISHED', seconds, { to: '10.96.9.9' })),
      ...Array.from({ length: 50 }, () => tcpLine('ESTABLISHED', 250)), // data on the way, not acknowledged
    ];
    const { load, table } = observed(lines, { timeouts: { tcp_established: 86_400 } });
    expect(load.leakRate.value / 2).toBeCloseTo(1, 1);
    expect(load.held.value / 550).toBeCloseTo(1, 1);
    expect(table).toMatchObject({ stale: 2400, unacknowledged: 50, idle: { max: 1799 } });
  });

  it('takes a pool of idle connections for stale, but not for a leak', () => {
    const lines = Array.from({ length: 300 }, (_, index) => tcpLine('ESTABLISHED', 50_000, { from: index }));
    const { load, table } = observed(lines, { timeouts: { tcp_established: 86_400 } });
    expect([table.stale, load.leakRate.value, load.held.value]).toEqual([300, 0, 0]);
  });

  it.each([
    ['longer', 431_990, 86_400, '120h'],
    ['shorter', 86_390, 432_000, '24h'],
  ])('finds tcp_established from the entries, where it is %s than assumed', (_, left, tcp_established, found) => {
    const lines = Array.from({ length: 20 }, () => tcpLine('ESTABLISHED', left));
    const { table, load, timeouts, assumptions } = observed(lines, { timeouts: { tcp_established } });
    expect([table.idle.max, table.stale, load.held.value]).toEqual([9, 0, 20]);
    expect(timeouts).toEqual({ tcp_established: found === '120h' ? 432_000 : 86_400 });
    expect(assumptions.join('\n')).toContain(`tcp_established is taken to be ${found}`);
  });

  it('has ages where nf_conntrack_timestamp is on', () => {
    const lines = [5, 7, 90].map((age) => tcpLine('ESTABLISHED', 431_990).replace('use=', `delta-time=${age} use=`));
    expect(observed(lines).table.age).toEqual({ p50: 7, p90: 90, max: 90 });
    expect(observed([tcpLine('ESTABLISHED', 431_990)]).table.age).toBeNull();
  });

  it('takes what is offloaded for in use', () => {
    const lines = Array.from({ length: 30 }, () =>
      tcpLine('ESTABLISHED', 5).replace('6 5 ESTABLISHED', '6').replace('[ASSURED]', '[OFFLOAD]'),
    );
    const { load, table, streams } = observed(lines);
    expect([load.held.value, table.offloaded, table.unacknowledged]).toEqual([30, 30, 0]);
    expect(streams).toEqual([{ kind: 'held', name: 'open connections', connections: 30, state: 'ESTABLISHED' }]);
  });

  it('counts CLOSE_WAIT and unanswered SYNs per second', () => {
    const lines = [
      ...left(3, { timeout: 60, since: 500 }).map((seconds) => tcpLine('CLOSE_WAIT', seconds)),
      ...left(4, { timeout: 120, since: 500 }).map((seconds) => tcpLine('SYN_SENT', seconds)),
    ];
    const { load } = observed(lines);
    expect([load.closeWaitRate.value, load.halfOpenRate.value].map(Math.round)).toEqual([3, 4]);
  });

  it('has all entries of the listing in its steady state', () => {
    const states = ['TIME_WAIT', 'ESTABLISHED', 'FIN_WAIT', 'CLOSE_WAIT', 'LAST_ACK', 'NONE'];
    const lines = states.flatMap((state) => Array.from({ length: 100 }, (_, index) => tcpLine(state, (index % 30) + 1)));
    const held = observed(lines).streams.reduce((sum, one) => (one.kind === 'held' ? sum + one.connections : sum), 0);
    expect(held).toBe(400);
  });
});

describe('services', () => {
  const lines = [
    ...Array.from({ length: 30 }, () => tcpLine('TIME_WAIT', 60, { to: '10.96.0.1' })),
    ...Array.from({ length: 50 }, () => tcpLine('ESTABLISHED', 400_000, { to: '10.96.0.2', port: 80 })),
    ...Array.from({ length: 20 }, () => tcpLine('ESTABLISHED', 400_000, { to: '10.96.0.2', port: 443 })),
    udpLine(3),
  ];

  it('are ranked by entries', () => {
    const { services, serviceCount } = observed(lines).table;
    expect(services.map(({ service, entries, byClass }) => [service, entries, byClass])).toEqual([
      ['tcp 10.96.0.2:80', 50, { established: 50 }],
      ['tcp 10.96.0.1:443', 30, { time_wait: 30 }],
      ['tcp 10.96.0.2:443', 20, { established: 20 }],
    ]);
    expect(serviceCount).toBe(4);
  });

  it('have no addresses with --anonymise, nor have damaged lines, but the same ones stay the same', () => {
    const { table } = observed([...lines, 'tcp 6 119 TIME_WAIT src=10.1.2.3 dst='], {
      anonymise: true,
      earlier: { census: census([]), seconds: 60 },
    });
    expect(table.services.map(({ service }) => service)).toEqual(['tcp address-1:80', 'tcp address-2:443', 'tcp address-1:443']);
    expect(JSON.stringify(table)).not.toMatch(/10\.\d+\.\d+\.\d+/);
    expect(table.damaged).toEqual({ lines: 1, samples: [{ line: 102, text: null }] });
  });

  it('that leak grow between two listings', () => {
    const more = Array.from({ length: 120 }, (_, from) => tcpLine('ESTABLISHED', 400_000, { to: '10.96.0.9', from }));
    const { growth } = observed([...lines, ...more], { earlier: { census: census(lines), seconds: 60 } }).table;
    expect(growth).toEqual({
      seconds: 60,
      entries: 2,
      byClass: { established: 2 },
      services: [{ service: 'tcp 10.96.0.9:443', entries: 2, established: 2 }],
    });
  });
});
