import { isIPv6 } from 'node:net';
import { expect, test } from 'vitest';
import { ALL_SERVICES, addressPlan, LISTEN, PRIVATE_PLAN, type Service, standbyOf, TARGETS } from '../../../src/lab/addresses.ts';
import { DNS_ENDPOINTS, portsIn } from '../../../src/model/input/lab.ts';

const GATEWAY_PORTS = 64_512; // masquerade --random-fully: 1024 to 65535

test('300,000 concurrent flows from one client address fit, on both sides of the translation', () => {
  expect(TARGETS.http.length * portsIn(TARGETS.ephemeralPorts)).toBeGreaterThan(2_900_000);
  expect(TARGETS.stale.length * portsIn(TARGETS.stalePorts)).toBeGreaterThan(1_200_000);
  expect(new Set(LISTEN.http.map(({ address }) => address)).size).toBe(TARGETS.http.length);
  // The gateway tries 128 random ports before it gives up: with 7 % taken it never has to.
  const taken = 300_000 / TARGETS.http.length / GATEWAY_PORTS;
  expect(taken).toBeLessThan(0.08);
  expect(taken ** 128).toBeLessThan(1e-100);
});

test('stale flows bind ports that the kernel hands to nobody', () => {
  expect(TARGETS.stalePorts.last).toBeLessThan(TARGETS.ephemeralPorts.first);
  expect(TARGETS.stalePorts.first).toBeGreaterThanOrEqual(1024);
});

test('a few source ports make more UDP flows than the largest table has entries, each kind by ports of its own', () => {
  const { answered, unanswered } = TARGETS.udp;
  for (const { addresses, ports } of [answered, unanswered]) {
    expect(new Set(addresses).size * portsIn(ports)).toBeGreaterThan(1_048_576);
  }
  expect(answered.ports.last).toBeLessThan(unanswered.ports.first);
  const [datagrams, names] = [false, true].map((both) =>
    PRIVATE_PLAN.udpServices.slice(unanswered.addresses.length).filter(({ other }) => (other !== undefined) === both),
  );
  expect(LISTEN.udp).toEqual(datagrams?.map(({ endpoint }) => endpoint));
  expect(LISTEN.dns).toEqual(names?.flatMap(({ endpoint, other }) => [endpoint, other]));
  expect(new Set(LISTEN.dns?.map(({ address }) => address)).size).toBe(DNS_ENDPOINTS);
});

test('every service has an endpoint address and port of its own within the benchmarking range', () => {
  const endpoints = ALL_SERVICES.map(({ endpoint }) => `${endpoint.address}:${endpoint.port}`);
  expect(new Set(endpoints).size).toBe(ALL_SERVICES.length);
  for (const { virtual, endpoint } of ALL_SERVICES) {
    expect(virtual.address).toMatch(/^198\.18\./);
    expect(endpoint.address).toMatch(/^198\.19\./);
  }
});

test('an IPv6 plan is the same one, within the benchmarking range of IPv6', () => {
  const plan = addressPlan(0, false, 'ipv6');
  const addresses = [...plan.services, ...plan.udpServices].flatMap(({ virtual, endpoint }) => [
    virtual,
    endpoint,
    standbyOf(endpoint),
  ]);
  for (const { address } of addresses) {
    expect(isIPv6(address)).toBe(true);
    expect(address).toMatch(/^2001:2:0:/);
  }
  const distinct = (services: readonly Service[], at: 'virtual' | 'endpoint') =>
    new Set(services.map((one) => one[at].address)).size;
  for (const at of ['virtual', 'endpoint'] as const) expect(distinct(plan.services, at)).toBe(distinct(ALL_SERVICES, at));
  const standbys = plan.services.map(({ endpoint }) => standbyOf(endpoint).address);
  expect(plan.services.some(({ endpoint }) => standbys.includes(endpoint.address))).toBe(false);
});
