import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseAnyScenario } from '../../../../../src/scenario/load.ts';
import { errorOf } from '../../../../fixtures/error-of.ts';

const FLOOD = { kind: 'short', executor: 'burst', connections: 1 };
const file = (kubernetes: unknown, more: object = {}) =>
  stringify({ version: 1, name: 'k', lab: { driver: 'kubernetes', kubernetes }, floods: { a: FLOOD }, ...more });

it('reads back what it resolved', () => {
  const clients = { nodeSelector: { role: 'a$b' }, tolerations: [{ key: 'dedicated', operator: 'Exists' }] };
  const { scenario, resolved } = parseAnyScenario(
    file({ image: 'x:1', context: 'lab', clients }).replace('a$b', 'a$$b'),
    'k.yaml',
  );
  expect(scenario.lab).toMatchObject({
    kubernetes: { image: 'x:1', clients: { nodeSelector: { role: 'a$b' }, resources: { cpu: 2, memoryBytes: 2 ** 30 } } },
  });
  expect(parseAnyScenario(resolved, 'k.yaml').scenario).toEqual(scenario);
});

it.each([
  ['lab.kubernetes.image: is required', {}, {}],
  ['100m of Kubernetes is 0.1', { image: 'x', clients: { resources: { cpu: '100m' } } }, {}],
  ['gateway: not allowed with driver: kubernetes: ctload leaves the node as it is', { image: 'x' }, { gateway: {} }],
  ['lab.kubernetes.allowNetAdmin: true', { image: 'x' }, { floods: { a: { ...FLOOD, kind: 'stale' } } }],
  ['lab.kubernetes.allowNetAdmin: true', { image: 'x' }, { floods: { a: { ...FLOOD, kind: 'half-open' } } }],
  ['lab.kubernetes.allowNetAdmin: true', { image: 'x' }, { floods: { a: { ...FLOOD, kind: 'udp' } } }],
  ['dns floods need a service', { image: 'x', allowNetAdmin: true }, { floods: { a: { ...FLOOD, kind: 'dns' } } }],
  ['icmp floods need raw sockets', { image: 'x', allowNetAdmin: true }, { floods: { a: { ...FLOOD, kind: 'icmp' } } }],
  ['is not the name of a namespace', { image: 'x', namespace: 'Team' }, {}],
])('refuses: %s', (message, kubernetes, more) => {
  expect(errorOf(() => parseAnyScenario(file(kubernetes, more), 'k.yaml')).message).toContain(message);
});

it('takes floods that need rules in pods where these may have NET_ADMIN, and answered datagrams anyway', () => {
  const udp = { a: { ...FLOOD, kind: 'udp', reply: true } };
  expect(parseAnyScenario(file({ image: 'x' }, { floods: udp }), 'k.yaml').scenario.floods.length).toBe(1);
  const floods = Object.fromEntries(['stale', 'half-open', 'udp'].map((kind) => [kind, { ...FLOOD, kind }]));
  const { scenario, resolved } = parseAnyScenario(
    file({ image: 'x', allowNetAdmin: true, namespace: 'team', imagePullSecrets: ['a'], target: 'hostPort' }, { floods }),
    'k.yaml',
  );
  expect(scenario.floods.length).toBe(3);
  expect(parseAnyScenario(resolved, 'k.yaml').scenario).toEqual(scenario);
});

it('has the family of the cluster’s addresses beside the driver', () => {
  const text = file({ image: 'x' }).replace('driver: kubernetes', 'driver: kubernetes\n  family: dual');
  const { scenario, resolved } = parseAnyScenario(text, 'k.yaml');
  expect(scenario.lab).toMatchObject({ kubernetes: { family: 'dual' } });
  expect(parseAnyScenario(resolved, 'k.yaml').scenario).toEqual(scenario);
});

it('refuses its section with another driver', () => {
  const text = file({ image: 'x' }, { gateway: { conntrack: { max: 500 } } }).replace('driver: kubernetes', 'driver: netns');
  expect(errorOf(() => parseAnyScenario(text, 'k.yaml')).message).toContain(
    'lab.kubernetes: only allowed with driver: kubernetes',
  );
});

describe('what a run may do to nodes', () => {
  const parsed = (keys: string) => {
    const text = `version: 1
name: mine
lab:
  driver: kubernetes
  kubernetes: {image: x, ${keys}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}
`;
    const { scenario, resolved } = parseAnyScenario(text, 'f.yaml');
    expect(parseAnyScenario(resolved, 'f.yaml').scenario).toEqual(scenario);
    return scenario;
  };
  const stop = (expression: string) => [
    { metric: 'conntrack_utilization', expression, abortOnFail: true, delayAbortEvalSeconds: 0 },
  ];

  it('ends before an outage where others have pods, unless the scenario says otherwise', () => {
    expect(parsed('allowSharedNodes: false').thresholds).toEqual([]);
    expect(parsed('allowSharedNodes: true').thresholds).toEqual(stop('max<0.95'));
    expect(parsed('allowSharedNodes: true, abortAt: none').thresholds).toEqual([]);
    expect(parsed('abortAt: 7.5 %').thresholds).toEqual(stop('max<0.075'));
    for (const wrong of ['0 %', '101 %', '95']) expect(() => parsed(`abortAt: ${wrong}`)).toThrow(/abortAt/);
  });

  it('names whose port is the target, and how many clients there are', () => {
    expect(parsed('target: nodePort').lab).toMatchObject({
      kubernetes: { target: { nodePort: 'client', externalTrafficPolicy: 'Cluster' } },
    });
    expect(
      parsed('target: {nodePort: backend, externalTrafficPolicy: Local}, clients: {replicas: 3, spread: nodes}').lab,
    ).toMatchObject({
      kubernetes: { target: { nodePort: 'backend', externalTrafficPolicy: 'Local' }, clients: { replicas: 3, spread: 'nodes' } },
    });
    expect(() => parsed('target: url')).toThrow(/target/);
  });

  it('lowers a limit only where that is allowed', () => {
    expect(parsed('allowWrites: true, max: 5k').lab).toMatchObject({ kubernetes: { allowWrites: true, max: 5000 } });
    expect(() => parsed('max: 5k')).toThrow(/needs allowWrites: true/);
    expect(() => parsed('allowWrites: true')).toThrow(/has no effect without max/);
  });
});

describe('a target that exists already', () => {
  const at = (target: object, more: object = {}) => file({ image: 'x', target }, more);

  it('is an address that clients may load', () => {
    const { scenario, resolved } = parseAnyScenario(at({ url: 'http://10.96.0.10/' }), 'k.yaml');
    expect(scenario.lab).toMatchObject({ kubernetes: { target: { url: 'http://10.96.0.10/', allowPublicTargets: false } } });
    expect(parseAnyScenario(resolved, 'k.yaml').scenario).toEqual(scenario);
    expect(parseAnyScenario(at({ url: 'http://9.9.9.9:80', allowPublicTargets: true }), 'k.yaml').scenario).toBeDefined();
  });

  it.each([
    ['expected http://IPV4_ADDRESS:PORT', { url: 'http://shop.example:80' }, {}],
    ['expected http://IPV4_ADDRESS:PORT', { url: 'https://10.0.0.1' }, {}],
    ['set allowPublicTargets: true', { url: 'http://9.9.9.9:80' }, {}],
    [
      'udp floods need a backend of ctload’s own',
      { url: 'http://10.0.0.1' },
      { floods: { a: { ...FLOOD, kind: 'udp', reply: true } } },
    ],
  ])('is refused: %s', (message, target, more) => {
    expect(errorOf(() => parseAnyScenario(at(target, more), 'k.yaml')).message).toContain(message);
  });
});
