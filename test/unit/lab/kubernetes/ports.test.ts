import { expect, it } from 'vitest';
import { backendPorts, listenAt, needsRules, rulePorts, targetsAt } from '../../../../src/lab/kubernetes/ports.ts';
import type { Flood } from '../../../../src/model/input/scenario.ts';

const flood = (kind: string, reply = false) => ({ kind, reply }) as Flood;
const EPHEMERAL = { first: 20_000, last: 65_535 };

it('has ports for what the floods need, and for the trial of the path always', () => {
  const uses = (...floods: Flood[]) => [...new Set(backendPorts(floods).map(({ use }) => use))];
  expect(uses()).toEqual(['http']);
  expect(uses(flood('stale'), flood('half-open'))).toEqual(['http', 'stale', 'halfOpen']);
  expect(uses(flood('udp', true), flood('udp'))).toEqual(['http', 'answered', 'unanswered']);
  expect([needsRules(backendPorts([flood('udp', true)])), needsRules(backendPorts([flood('udp')]))]).toEqual([false, true]);
  const numbers = backendPorts([flood('stale'), flood('half-open'), flood('udp', true), flood('udp')]).map(({ port }) => port);
  expect(new Set(numbers).size).toBe(numbers.length);
});

it('leads clients to node ports, and rules to both ends', () => {
  const ports = backendPorts([flood('stale'), flood('udp', true)], true);
  const reachable = ports.map((one, index) => ({ ...one, at: { address: '10.0.0.1', port: 30_000 + index } }));
  const { http, stale, halfOpen, udp } = targetsAt(reachable, EPHEMERAL);
  expect([http.length, stale[0], halfOpen]).toEqual([64, { address: '10.0.0.1', port: 30_064 }, []]);
  expect(udp.answered).toEqual({ addresses: ['10.0.0.1'], ports: { first: 30_128, last: 30_128 } });
  expect(udp.unanswered.addresses).toEqual([]);
  const { stale: connected, staleEndpoints, halfOpenEndpoints } = rulePorts(reachable);
  expect([connected.slice(0, 5), staleEndpoints.slice(0, 4), halfOpenEndpoints]).toEqual(['30064', '8101', '0']);
  expect(listenAt(ports, '0.0.0.0').udp).toEqual([{ address: '0.0.0.0', port: 8301 }]);
});
