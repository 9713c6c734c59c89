import { expect, it } from 'vitest';
import { parseScenario } from '../../../src/scenario/load.ts';
import { renderScenario } from '../../../src/scenario/render.ts';
import { predict } from '../../../src/sizing/predict.ts';
import { streamsOfScenario } from '../../../src/sizing/traffic.ts';

const STAGES = 'stages: [{duration: 4s, target: 500}, {duration: 4s, target: 100}]';
const scenario = (flood: string, conntrack = 'max: 2000') => {
  const text = `{version: 1, name: streams, gateway: {conntrack: {${conntrack}}}, floods: {one: {kind: udp, ${flood}}}}`;
  return parseScenario(text, 'streams.yaml').scenario;
};

it('UDP flows that go on hold entries, and these outlive them by udp_stream', () => {
  const ramp = `executor: ramping-connections, ${STAGES}, reply: true`;
  expect(predict(scenario(ramp))).toMatchObject({ outcome: 'holds', peakEntries: 500 });
  expect(predict(scenario(ramp)).floods[0]).toMatchObject({ leaves: 'UDP_STREAM', lingerSeconds: 120 });
  const twice = `executor: ramping-connections, stages: [{duration: 4s, target: 500}, {duration: 0s, target: 0}, {duration: 4s, target: 500}], reply: true`;
  expect(predict(scenario(twice)).peakEntries).toBe(500); // the same flows again
  expect(predict(scenario(ramp.replace('true', 'false'))).floods[0]).toMatchObject({ leaves: 'UDP', lingerSeconds: 30 });
});

it('UDP flows appear by turns, within a heartbeat: 300 at once and a ramp of 50 per second need half a heartbeat more', () => {
  const constant = predict(scenario('executor: constant-connections, connections: 300, duration: 5s, reply: true', 'max: 150'));
  expect(constant.fullAfterSeconds).toBeCloseTo(0.5, 1);
  const ramp = 'executor: ramping-connections, stages: [{duration: 8s, target: 400}], reply: true, heartbeat: 2s';
  expect(predict(scenario(ramp, 'max: 150')).fullAfterSeconds).toBeCloseTo(3 + 1, 1);
});

it('are a held stream of a plan, and the same in the resolved scenario', () => {
  const one = scenario('executor: constant-connections, connections: 300, duration: 5s, reply: true, heartbeat: 500ms');
  expect(streamsOfScenario(one)).toEqual([{ kind: 'held', name: 'one', connections: 300, state: 'UDP_STREAM' }]);
  expect(one.floods[0]).toMatchObject({ heartbeatSeconds: 0.5, responseTimeoutSeconds: 5 });
  expect(parseScenario(renderScenario(one), 'again.yaml').scenario).toEqual(one);
});

it.each([
  ['executor: constant-connections, connections: 3, duration: 5s, flows: 2', 'unknown key'],
  ['executor: burst, connections: 3, heartbeat: 1s', 'unknown key'],
  ['executor: constant-connections, connections: 3, duration: 5s, responseTimeout: 1s', 'only allowed with reply: true'],
])('%s: %s', (flood, message) => {
  expect(() => scenario(flood)).toThrow(message);
});

it('dns floods need a service that takes one of two endpoints at random', () => {
  const dns = (gateway: string, lab = '') =>
    parseScenario(
      `{version: 1, name: race, ${lab} gateway: {${gateway} conntrack: {max: 2000}}, floods: {one: {kind: dns, executor: constant-arrival-rate, rate: 100, duration: 5s}}}`,
      'race.yaml',
    ).scenario;
  // If all clash, half of them have a second entry, which stays until gc takes it.
  expect(predict(dns(''))).toMatchObject({ outcome: 'holds', peakEntries: 500, peakEntriesUnreaped: 750 });
  // Once all ports have been at all services, lookups go on in flows that have an entry.
  const long =
    'conntrack: {max: 300000, timeouts: {udp: 10m}}}, floods: {a: {kind: dns, executor: constant-arrival-rate, rate: 1000, duration: 200s}}}';
  const again = (lab: string) =>
    predict(parseScenario(`{version: 1, name: again, ${lab} gateway: {${long}`, 'again.yaml').scenario);
  expect(again('')).toMatchObject({ peakEntries: 8 * 18_976 });
  expect(again('lab: {family: dual},')).toMatchObject({ peakEntries: 200_000 });
  expect(streamsOfScenario(dns('dataplane: nftables,'))).toEqual([{ kind: 'dns', name: 'one', rate: 100 }]);
  expect(() => dns('dataplane: forward,')).toThrow('dns floods need a service with two endpoints');
  expect(() => dns('dataplane: proxy,')).toThrow('dns floods do not pass through gateway.dataplane proxy');
  expect(() => dns('', 'lab: {family: ipv6},')).not.toThrow();
});
