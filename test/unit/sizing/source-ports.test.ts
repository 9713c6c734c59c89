import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../../src/lab/addresses.ts';
import { planProcesses } from '../../../src/load/sizing/process-plan.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { describePrediction } from '../../../src/sizing/describe.ts';
import { expectationOf } from '../../../src/sizing/expectation.ts';
import { predict } from '../../../src/sizing/predict.ts';
import { loadRequirements } from '../../../src/sizing/requirements.ts';

const HELD = 'kind: long, protocol: tcp, executor: constant-arrival-rate, rate: 160, duration: 8s';
const scenario = (gateway: string, flood: string) => {
  const text = `{version: 1, name: ports, gateway: {${gateway} conntrack: {max: 16384}}, floods: {one: {${flood}}}}`;
  return parseScenario(text, 'ports.yaml').scenario;
};
const several = (gateway: string, floods: string) => {
  const text = `{version: 1, name: ports, gateway: {${gateway} conntrack: {max: 16384}}, floods: {${floods}}}`;
  return predict(parseScenario(text, 'ports.yaml').scenario);
};
const predicted = (gateway: string, flood: string) => predict(scenario(gateway, flood));

describe('source ports of a gateway that masquerades', () => {
  it('are the most entries that a flood can have, and inspect says when they run out', () => {
    const prediction = predicted('snatPorts: 1000,', `${HELD}, destinations: 1`);
    expect(prediction).toMatchObject({
      outcome: 'holds',
      peakEntries: 1000,
      portsSpent: { flood: 'one', available: 1000, destinations: 1 },
    });
    expect(prediction.portsSpent?.afterSeconds).toBeCloseTo(6.25, 1);
    const said = describePrediction(prediction).join('\n');
    expect(said).toContain('the table holds (peak 1,000 of 16,384 entries (6.1 %)), but source ports run out');
    expect(said).toContain('source ports run out after 6.3 s: flood one has 1,000 ports for 1 destination');
  });

  it('are the kernel’s own where the scenario says nothing, for each of 64 destinations', () => {
    expect(predicted('', HELD)).toMatchObject({ peakEntries: 1280, portsSpent: null });
    expect(predicted('snatPorts: 1000,', `${HELD}, destinations: 2`)).toMatchObject({ peakEntries: 1280, portsSpent: null });
    expect(predicted('snatPorts: 10,', HELD)).toMatchObject({ peakEntries: 640, portsSpent: { available: 640 } });
    const most = `kind: long, protocol: tcp, executor: constant-connections, connections: 64513, duration: 8s, destinations: 1`;
    expect(predicted('', most).portsSpent).toMatchObject({ available: 64_512 });
  });

  it('are given up by connections that are closing, and kept by datagrams', () => {
    const rate = 'executor: constant-arrival-rate, rate: 160, duration: 8s, destinations: 1';
    expect(predicted('snatPorts: 1000,', `kind: short, ${rate}`).portsSpent).toBeNull();
    expect(predicted('snatPorts: 1000,', `kind: udp, ${rate}`).portsSpent).toMatchObject({ available: 1000 });
  });

  it('are kept while a connection is open, and given up as it closes', () => {
    const open = 'kind: short, executor: constant-arrival-rate, rate: 160, duration: 8s, destinations: 1, lifetime: 7s';
    expect(predicted('snatPorts: 1000,', open).portsSpent?.afterSeconds).toBeCloseTo(6.25, 1);
  });

  it('are shared by floods towards the same destination, and not by those towards others', () => {
    const one = `${HELD}, destinations: 1`;
    const both = several('snatPorts: 1000,', `a: {${one}}, b: {${one.replace('160', '40')}}`);
    expect(both).toMatchObject({
      peakEntries: 1000,
      portsSpent: { flood: 'a', others: ['b'], available: 1000, destinations: 1 },
      floods: [{ peakEntries: 1000 * 0.8 }, { peakEntries: 1000 * 0.2 }],
    });
    expect(both.portsSpent?.afterSeconds).toBeCloseTo(5, 1);
    expect(describePrediction(both).join('\n')).toContain('after 5.0 s: floods a and b share 1,000 ports for 1 destination');
    // One of `c`'s two destinations is that of `a`; datagrams go to others.
    const some = several('snatPorts: 1000,', `a: {${one}}, c: {${HELD.replace('160', '80')}, destinations: 2}`);
    expect(some).toMatchObject({ peakEntries: 1000 + 320, portsSpent: { flood: 'a', others: ['c'] } });
    expect(some.portsSpent?.afterSeconds).toBeCloseTo(5, 1);
    const apart = several('snatPorts: 1000,', `a: {${one}}, d: {${one.replace('long, protocol: tcp', 'udp')}}`);
    expect(apart).toMatchObject({ peakEntries: 2000, portsSpent: { available: 1000 } });
    expect(apart.portsSpent?.others).toBeUndefined();
  });

  it('go to those that keep them first: what is closing has the rest', () => {
    const closing = 'kind: short, executor: constant-arrival-rate, rate: 200, duration: 8s, destinations: 1';
    const mixed = several('snatPorts: 1000,', `a: {${HELD}, destinations: 1}, s: {${closing}}`);
    expect(mixed).toMatchObject({ peakEntries: 1000, floods: [{ peakEntries: 1000 }, {}] });
    expect(mixed.portsSpent).toMatchObject({ flood: 'a', available: 1000 });
  });

  it('are those of each family by itself', () => {
    const text = (more: string) =>
      `{version: 1, name: p, lab: {family: dual}, gateway: {snatPorts: 100, conntrack: {max: 16384}}, floods: {a: {${HELD}, ${more}}}}`;
    const entries = (more: string) => predict(parseScenario(text(more), 'p.yaml').scenario).peakEntries;
    expect(entries('destinations: 2')).toBe(200);
    expect(entries('destinations: 2, family: ipv6')).toBe(200);
    expect(entries('destinations: 1, family: ipv6')).toBe(100);
  });

  it('are no limit where nothing is masqueraded', () => {
    for (const gateway of ['masquerade: never,', 'dataplane: forward,', 'dataplane: ipvs, ipvs: {conntrack: false},']) {
      expect(predicted(gateway, `${HELD}, destinations: 1`).portsSpent).toBeNull();
    }
  });
});

it.each([
  ['masquerade: never, snatPorts: 5,', 'needs a gateway that masquerades'],
  ['dataplane: forward, snatPorts: 5,', 'needs a gateway that masquerades: dataplane iptables, nftables, ipvs'],
  ['dataplane: proxy, snatPorts: 5,', 'needs a gateway that masquerades'],
  ['dataplane: ipvs, ipvs: {conntrack: false}, snatPorts: 5,', 'needs a gateway that masquerades'],
  ['snatPorts: 64513,', 'snatPorts'],
])('gateway {%s} is refused: %s', (gateway, message) => {
  expect(() => scenario(gateway, HELD)).toThrow(message);
});

it.each(['kind: stale', 'kind: half-open'])('%s floods have all destinations there are', (kind) => {
  expect(() => scenario('', `${kind}, executor: burst, connections: 5, destinations: 1`)).toThrow('unknown key');
});

it('one destination needs a local port of the client for each connection, and one backend process', () => {
  const { floods } = scenario('', `${HELD}, destinations: 1`);
  expect(loadRequirements(floods, TARGETS)).toMatchObject({ destinations: 1, ephemeralPorts: { used: 1280 }, held: 1280 });
  expect(loadRequirements(scenario('', HELD).floods, TARGETS)).toMatchObject({ destinations: 64, ephemeralPorts: { used: 20 } });
  expect(planProcesses(floods, { cpus: 2, descriptors: 600 }).backends).toBeGreaterThan(2);
});

it('the prediction beside a result reckons with the ports', () => {
  const capacity = {
    method: 'sysctl',
    why: '',
    max: 16_384,
    buckets: 16_384,
    ballast: 0,
    effectiveMax: 16_384,
    prefilled: 0,
  } as const;
  const expectation = expectationOf(scenario('snatPorts: 1000,', `${HELD}, destinations: 1`), capacity);
  expect(expectation).toMatchObject({ peakEntries: 1000, entriesPerConnection: 1000 / 1280 });
});
