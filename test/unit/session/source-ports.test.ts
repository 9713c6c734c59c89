import { expect, it } from 'vitest';
import { SNAT_PORTS } from '../../../src/model/node/snat-ports.ts';
import { storyOf } from '../../../src/report/plan/plan-answer.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { makePlan, type PlanRequest } from '../../../src/session/plan.ts';
import { predict } from '../../../src/sizing/predict.ts';
import { planRequest } from '../../fixtures/planned.ts';

const m5 = { instanceTypes: ['m5.large'] };
const made = (more: Partial<PlanRequest>) => makePlan(planRequest(m5, more)).plan;
const story = (more: Partial<PlanRequest>) =>
  storyOf({ ...made(more), verification: null, requirements: [], writes: [], paste: {} }).join(' ');

it('held connections to one destination run out of source ports in a table that has room', () => {
  const one = { traffic: { websockets: 100_000 }, destinations: 1 };
  expect(made(one).load).toMatchObject({
    holds: true,
    sourcePorts: { needed: 100_000, available: 64_512, enoughDestinations: 2 },
  });
  expect(story(one)).toMatch(
    /The load fits: .* Source ports run out, not the table: .* snat-ports-exhausted.* use 2 destinations/,
  );
  expect(story({ ...one, destinations: 2 })).not.toContain('Source ports');
  expect(story({ traffic: { websockets: 100_000 } })).not.toContain('Source ports');
});

it('connections that are closing give their port to new ones, datagrams do not', () => {
  expect(made({ traffic: { rate: 1000, lifetimeSeconds: 2 }, destinations: 1 }).load.sourcePorts?.needed).toBe(2_000);
  expect(made({ traffic: { dnsQps: 3000 }, destinations: 1 }).load.sourcePorts?.needed).toBe(90_000);
});

it('a scenario that names its destinations is planned for them, for those that its floods share together', () => {
  const held = (connections: number, more: string) =>
    `{kind: long, protocol: tcp, executor: constant-connections, connections: ${connections}, duration: 8s${more}}`;
  const scenario = (floods: string, gateway = '') => ({
    loaded: parseScenario(`{version: 1, name: p, gateway: {${gateway} conntrack: {max: 200k}}, floods: {${floods}}}`, 'p.yaml'),
  });
  const one = scenario(`a: ${held(100_000, ', destinations: 1')}`);
  expect(made(one).load.sourcePorts).toEqual({ destinations: 1, needed: 100_000, available: 64_512, enoughDestinations: 2 });
  expect(story(one)).toMatch(/Source ports run out, not the table: .* 64,512 for 1 destination.* use 2 destinations/);
  const two = scenario(`a: ${held(50_000, ', destinations: 1')}, b: ${held(40_000, ', destinations: 2')}`);
  expect(made(two).load.sourcePorts).toMatchObject({ destinations: 1, needed: 70_000, available: 64_512 });
  // As many destinations as the lab has, and no word of ports: as before.
  expect(made(scenario(`a: ${held(100_000, '')}`)).load.sourcePorts).toBeUndefined();
  expect(made(scenario(`a: ${held(500, '')}`, 'snatPorts: 5,')).load.sourcePorts).toMatchObject({ needed: 500, available: 320 });
  expect(made({ ...one, destinations: 3 }).load.sourcePorts).toMatchObject({ destinations: 3, available: 3 * 64_512 });
  expect(made({ ...one, dataplane: 'proxy' }).load.sourcePorts).toBeUndefined();
});

it('destinations are of no account where nothing is masqueraded', () => {
  for (const dataplane of ['proxy', 'forward', 'notrack'] as const) {
    expect(() => made({ traffic: { rate: 5 }, destinations: 1, dataplane })).toThrow(
      `dataplane ${dataplane} does not masquerade`,
    );
  }
  expect(SNAT_PORTS).toBe(65_535 - 1_024 + 1);
});

it('UDP flows that go on are held, ASSURED, and live for udp_stream once they end', () => {
  const { load } = made({ traffic: { udpStreams: 20_000 }, timeouts: { udp_stream: 300 } });
  expect(load).toMatchObject({ entries: 20_000, byState: { UDP_STREAM: 20_000 }, dropShareWhenFull: 1 });
  expect(load.recoverySeconds).toBeGreaterThanOrEqual(300);
});

const HELD = '{kind: long, protocol: tcp, executor: constant-arrival-rate, rate: 100, duration: 6s}';

it('a connection has as many entries as is said, where ctload cannot build what makes them', () => {
  const plan = made({ traffic: { rate: 100 }, entriesPerConnection: 3 });
  expect(plan).toMatchObject({ entriesPerConnection: 3, load: { entries: 3 * 12_000 } });
  expect(plan.assumptions).toContain('iptables {entriesPerConnection: 3}: 3 conntrack entries per connection');
});

/**
 * Public figure: a packet that comes in on an interface of a VRF meets conntrack twice, once for that interface and once for the VRF:
 * "two conntrack entries instead of one" (Linux commit 55161e67d44f of 2021, vrf: Revert "Reset skb conntrack connection..."; the
 * kernel's own test is tools/testing/selftests/net/netfilter/conntrack_vrf.sh). So such a gateway has room for half as many.
 */
it('a gateway with a VRF has the two entries per connection that are reported of it, and is full at half the load', () => {
  const text = (gateway: string) =>
    `{version: 1, name: vrf, gateway: {dataplane: forward, ${gateway} conntrack: {max: 1000}}, floods: {held: ${HELD}}}`;
  const predicted = (gateway: string) => predict(parseScenario(text(gateway), 'vrf.yaml').scenario);
  expect(predicted('entriesPerConnection: 2,')).toMatchObject({ peakEntries: 2 * 600, outcome: 'breaks' });
  expect(predicted('entriesPerConnection: 2,').fullAfterSeconds).toBeCloseTo(1000 / 2 / 100, 1);
  expect(predicted('')).toMatchObject({ peakEntries: 600, outcome: 'holds' });
  const plan = made({ traffic: { websockets: 30_000 }, entriesPerConnection: 2 });
  expect(plan.load.entries).toBe(60_000);
});
