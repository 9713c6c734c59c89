import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../src/model/input/scenario.ts';
import { TIMEOUT_NAMES, timeoutSeconds, timeoutSysctl } from '../../../src/model/input/timeouts.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { describePrediction } from '../../../src/sizing/describe.ts';
import { expectedEntries, predict } from '../../../src/sizing/predict.ts';

function scenario(conntrack: string, ...floods: string[]): Scenario {
  const text = `version: 1\nname: t\ngateway: {conntrack: {${conntrack}}}\nfloods:\n${floods.map((f, i) => `  f${i}: {${f}}\n`).join('')}`;
  return parseScenario(text, 't.yaml').scenario;
}

const steady = (rate: number, seconds: string, more = '') =>
  `kind: short, executor: constant-arrival-rate, rate: ${rate}, duration: ${seconds}${more}`;

describe('predict', () => {
  it('fills a table with TIME_WAIT entries, none of which leaves within 120 s', () => {
    const prediction = predict(scenario('max: 4096', steady(100, '60s')));
    expect(prediction).toMatchObject({ outcome: 'breaks', offeredRate: 100, fullAfterSeconds: 40.96 });
  });

  it('gives the textbook rate × timeout, and says that the truth is higher', () => {
    // Measured for this load (timeout 5 s, 100/s): a sawtooth between 500 and 1400.
    const prediction = predict(scenario('max: 600, timeouts: {tcp_time_wait: 5s}', steady(100, '60s')));
    expect(prediction).toMatchObject({ outcome: 'may-break', peakEntries: 500, steadyEntries: 500 });
    expect(prediction.peakEntriesUnreaped).toBeGreaterThan(1400);
    expect(prediction.fullAfterSeconds).toBe(6);
    expect(describePrediction(prediction).join('\n')).toMatch(
      /holds in theory .*full after 6.0 s at 100 conn\/s at the earliest/,
    );
  });

  it('counts what carries a connection through VXLAN: two datagram entries, which live for 30 s and may be evicted', () => {
    const plain = scenario('max: 4096', steady(100, '60s'));
    const through = (ends: 'beyond' | 'gateway', kind: 'vxlan' | 'wireguard' = 'vxlan', max = 4096): Scenario => ({
      ...plain,
      gateway: { ...plain.gateway, dataplane: 'tunnel', tunnel: { kind, ends }, conntrack: { ...plain.gateway.conntrack, max } },
    });
    const seen = predict(through('beyond', 'vxlan', 8192));
    expect(seen).toMatchObject({ outcome: 'may-break', peakEntries: 6000, steadyEntries: 6000 });
    expect(seen.floods).toMatchObject([{ peakEntries: 6000, leaves: 'UDP', lingerSeconds: 30 }]);
    expect(predict(through('beyond'))).toMatchObject({ outcome: 'evicts', fullAfterSeconds: 20.48 });
    expect(predict(through('gateway'))).toMatchObject({ peakEntries: 12_000, steadyEntries: 18_000 });
    expect(predict(through('gateway')).floods).toMatchObject([{ leaves: 'TIME_WAIT', lingerSeconds: 120 }]);
    expect(predict(through('gateway', 'wireguard'))).toMatchObject({ peakEntries: 6000, steadyEntries: 12_000 });
    expect(predict(through('beyond', 'wireguard'))).toMatchObject({ outcome: 'holds', peakEntries: 0 });
  });

  it('counts two entries a connection through a proxy', () => {
    const proxied = scenario('max: 4096', steady(100, '60s')).gateway;
    const through = { ...scenario('max: 4096', steady(100, '60s')), gateway: { ...proxied, dataplane: 'proxy' as const } };
    expect(predict(through)).toMatchObject({
      offeredRate: 100,
      fullAfterSeconds: 20.48,
      steadyEntries: 24_000,
      peakEntries: 12_000,
    });
  });

  it('holds when even a gc that takes a minute leaves room', () => {
    const prediction = predict(scenario('max: 7000, timeouts: {tcp_time_wait: 5s}', steady(100, '60s')));
    expect(prediction).toMatchObject({ outcome: 'holds', fullAfterSeconds: null });
    expect(describePrediction(prediction)[0]).toBe('Prediction: steady state 500 of 7,000 entries (7.1 %): holds');
    expect(describePrediction(prediction).join('\n')).toContain('Expired entries stay counted');
  });

  it('does not break a table that is exactly large enough', () => {
    expect(predict(scenario('max: 500', 'kind: stale, executor: burst, connections: 500')).outcome).toBe('holds');
    expect(predict(scenario('max: 499', 'kind: stale, executor: burst, connections: 500'))).toMatchObject({
      outcome: 'breaks',
      fullAfterSeconds: 0,
    });
  });

  it('keeps entries of RST closes for 10 s, of leaks for days', () => {
    const entriesAt60 = (flood: string) => expectedEntries(scenario('max: 1m', flood))(60);
    expect(entriesAt60(steady(10, '60s', ', close: rst'))).toBeCloseTo(100);
    expect(entriesAt60(steady(10, '60s'))).toBeCloseTo(600);
    expect(entriesAt60(steady(10, '60s').replace('short', 'stale'))).toBeCloseTo(600);
  });

  it('counts a held socket while it is open and in TIME_WAIT after that', () => {
    const entries = expectedEntries(
      scenario(
        'max: 1m, timeouts: {tcp_time_wait: 5s}',
        'kind: long, executor: ramping-connections, stages: [{duration: 10s, target: 100}, {duration: 10s, target: 0}], startTime: 2s',
      ),
    );
    expect([1, 2, 7, 12, 17, 22, 28].map((t) => Math.round(entries(t)))).toEqual([0, 0, 50, 100, 100, 50, 0]);
  });

  it('sees floods together: neither fills the table alone', () => {
    const floods = [
      steady(30, '20s'),
      'kind: long, executor: constant-connections, connections: 500, duration: 20s, startTime: 5s',
    ];
    expect(predict(scenario('max: 1000', ...floods))).toMatchObject({
      outcome: 'breaks',
      fullAfterSeconds: 16.667,
      offeredRate: 30,
    });
    for (const flood of floods) expect(predict(scenario('max: 1000', flood)).outcome).toBe('holds');
  });

  it('counts what is in the table before the load', () => {
    expect(predict(scenario('max: 1000, prefill: 0.5', steady(100, '6s')))).toMatchObject({
      prefilled: 500,
      fullAfterSeconds: 5,
    });
  });

  it('tells that sockets opened at a rate grow without limit', () => {
    const prediction = predict(scenario('max: 1000', 'kind: long, executor: constant-arrival-rate, rate: 10, duration: 10s'));
    expect(prediction).toMatchObject({ outcome: 'holds', steadyEntries: null });
    expect(describePrediction(prediction)[0]).toContain('would fill if continued');
  });
});

describe('timeouts', () => {
  it('have the kernel’s sysctl names', () => {
    expect(timeoutSysctl('tcp_time_wait')).toBe('net.netfilter.nf_conntrack_tcp_timeout_time_wait');
    expect(timeoutSysctl('udp')).toBe('net.netfilter.nf_conntrack_udp_timeout');
    expect(timeoutSysctl('udp_stream')).toBe('net.netfilter.nf_conntrack_udp_timeout_stream');
    expect(timeoutSysctl('icmp')).toBe('net.netfilter.nf_conntrack_icmp_timeout');
    expect(timeoutSysctl('constructor')).toBeUndefined();
    expect(new Set(TIMEOUT_NAMES.map(timeoutSysctl)).size).toBe(TIMEOUT_NAMES.length);
  });

  it('are the kernel’s unless the scenario says otherwise', () => {
    expect(timeoutSeconds('tcp_established', {})).toBe(5 * 24 * 3600);
    expect(timeoutSeconds('tcp_established', { tcp_established: 86_400 })).toBe(86_400);
  });
});
