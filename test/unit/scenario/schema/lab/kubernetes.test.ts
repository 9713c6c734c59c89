import { expect, it } from 'vitest';
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
  ['stale floods need rules', { image: 'x' }, { floods: { a: { ...FLOOD, kind: 'stale' } } }],
])('refuses: %s', (message, kubernetes, more) => {
  expect(errorOf(() => parseAnyScenario(file(kubernetes, more), 'k.yaml')).message).toContain(message);
});

it('refuses its section with another driver', () => {
  const text = file({ image: 'x' }, { gateway: { conntrack: { max: 500 } } }).replace('driver: kubernetes', 'driver: netns');
  expect(errorOf(() => parseAnyScenario(text, 'k.yaml')).message).toContain(
    'lab.kubernetes: only allowed with driver: kubernetes',
  );
});
