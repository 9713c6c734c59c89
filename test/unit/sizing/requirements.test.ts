import { expect, it } from 'vitest';
import type { Targets } from '../../../src/model/input/lab.ts';
import { parseScenario } from '../../../src/scenario/load.ts';
import { requirementsOf } from '../../../src/sizing/requirements.ts';

const NOWHERE = { addresses: [], ports: { first: 1, last: 0 } };
const targets: Targets = {
  halfOpen: [],
  udp: { answered: NOWHERE, unanswered: NOWHERE },
  http: [
    { address: '198.18.1.1', port: 80 },
    { address: '198.18.1.2', port: 80 },
  ],
  stale: [{ address: '198.18.1.1', port: 9 }],
  ephemeralPorts: { first: 32_768, last: 60_999 },
  stalePorts: { first: 1024, last: 2023 },
};

it('counts ports, attempts and held connections at the worst moment', () => {
  const { scenario } = parseScenario(
    `version: 1
name: t
gateway: {conntrack: {max: 100}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 100, duration: 90s, connectTimeout: 4s}
  sockets: {kind: long, executor: ramping-connections, stages: [{duration: 10s, target: 300}, {duration: 1s, target: 0}]}
  leaked: {kind: stale, executor: burst, connections: 700, startTime: 80s, connectTimeout: 1s}
`,
    't.yaml',
  );
  expect(requirementsOf(scenario, targets, { major: 6, minor: 1, patch: null })).toEqual({
    loadSeconds: 90,
    tableBytes: 100 * (384 + 8),
    attempts: 4 * 100 + 700,
    held: 300,
    destinations: 2,
    ephemeralPorts: { used: (60 * 100 + 300) / 2, available: 28_232 },
    stalePorts: { used: 700, available: 1000 },
  });
});
