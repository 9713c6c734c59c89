import { expect, it } from 'vitest';
import { isUnpublic, parseEndpoint, parsePlace, placeText } from '../../../../src/model/input/external.ts';
import { check } from '../../../../src/scenario/check.ts';
import { parseAnyScenario, parseScenario } from '../../../../src/scenario/load.ts';

const FLOOD = { kind: 'short', executor: 'constant-arrival-rate', rate: 10, duration: '5s' };
const LAB = { driver: 'external', target: '198.18.1.1:80' };
const GOOD = { version: 1, name: 'x', lab: LAB, floods: { a: FLOOD } };

function problems(changes: object): string[] {
  return (check({ ...GOOD, ...changes }).problems ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}
const inLab = (changes: object) => problems({ lab: { ...LAB, ...changes } });

const TEXT = `version: 1
name: mine
lab:
  driver: external
  target: [10.0.0.5:80, 10.0.0.6:8080]
  conntrack: netns:gw
  client: pid:4242
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}
`;

it('takes one target or a list, and reads the resolved scenario back as the same', () => {
  expect(problems({})).toEqual([]);
  const { scenario, resolved } = parseAnyScenario(TEXT, 'f.yaml');
  expect(scenario.lab).toEqual({
    driver: 'external',
    target: [
      { address: '10.0.0.5', port: 80 },
      { address: '10.0.0.6', port: 8080 },
    ],
    conntrack: { netns: 'gw' },
    client: { pid: 4242 },
    allowPublicTargets: false,
  });
  expect(parseAnyScenario(resolved, 'f.yaml').scenario).toEqual(scenario);
});

it('takes a list of tables, each once', () => {
  const { scenario, resolved } = parseAnyScenario(TEXT.replace('netns:gw', '[netns:gw, pid:7, host]'), 'f.yaml');
  expect(scenario.lab).toMatchObject({ conntrack: [{ netns: 'gw' }, { pid: 7 }, 'host'] });
  expect(parseAnyScenario(resolved, 'f.yaml').scenario).toEqual(scenario);
  expect(inLab({ conntrack: ['netns:gw', 'netns:gw'] })).toEqual(['lab.conntrack: names a namespace twice']);
  expect(inLab({ conntrack: [] })).toEqual(['lab.conntrack: expected host, netns:NAME (under /run/netns), pid:NUMBER or none']);
  expect(inLab({ conntrack: ['netns:gw', 'none'] })).toEqual([
    'lab.conntrack.1: expected host, netns:NAME (under /run/netns) or pid:NUMBER, got "none"',
  ]);
});

it('says nothing of the table and starts from here unless told otherwise', () => {
  const { scenario } = parseAnyScenario(TEXT.replace('  conntrack: netns:gw\n  client: pid:4242\n', ''), 'f.yaml');
  expect(scenario.lab).toMatchObject({ conntrack: 'none', client: 'host' });
});

it.each([
  [{ target: undefined }, 'lab.target: is required'],
  [{ target: [] }, 'lab.target: needs at least one target'],
  [{ target: 'gateway:80' }, 'lab.target: expected IPV4_ADDRESS:PORT (host names are not accepted), got "gateway:80"'],
  [{ target: ['10.0.0.1'] }, 'lab.target.0: expected IPV4_ADDRESS:PORT (host names are not accepted), got "10.0.0.1"'],
  [{ conntrack: 'gw' }, 'lab.conntrack: expected host, netns:NAME (under /run/netns), pid:NUMBER or none, got "gw"'],
  [{ client: 'none' }, 'lab.client: expected host, netns:NAME (under /run/netns) or pid:NUMBER, got "none"'],
  [{ clinet: 'host' }, 'lab.clinet: unknown key; did you mean client?'],
])('refuses lab %j', (changes, message) => {
  expect(inLab(changes)).toEqual([message]);
});

it('loads public addresses only if the user says that the owner has authorized it', () => {
  const message =
    'lab.target: 203.0.113.7 is not loopback, private (RFC 1918) or in 198.18.0.0/15: set lab.allowPublicTargets: true if its owner has authorized this load';
  expect(inLab({ target: ['10.0.0.1:80', '203.0.113.7:80'] })).toEqual([message]);
  expect(inLab({ target: '203.0.113.7:80', allowPublicTargets: true })).toEqual([]);
});

it.each([
  ['gateway', { conntrack: { max: 500 } }, 'ctload does not configure an existing gateway'],
  ['backend', { status: 503 }, 'ctload does not run the backend of an existing gateway'],
  ['find', { variable: 'x' }, 'a search has to empty the table between its trials'],
])('refuses the section %s', (section, value, why) => {
  expect(problems({ [section]: value })).toEqual([`${section}: not allowed with driver: external: ${why}`]);
});

it.each(['stale', 'half-open', 'udp'])('refuses floods of kind %s, which need a lab', (kind) => {
  const message = `floods.a.kind: ${kind} floods need rules and a backend in a lab that ctload builds; driver external supports short and long`;
  expect(problems({ floods: { a: { ...FLOOD, kind } } })).toEqual([message]);
});

it('refuses addresses of a flood’s own, which the client does not have', () => {
  expect(problems({ floods: { a: { ...FLOOD, sources: '198.18.128.0/24' } } })).toEqual([
    'floods.a.sources: not available with driver external: the addresses would have to belong to the client; leave it out',
  ]);
});

it('keeps its keys to itself', () => {
  const built = { version: 1, name: 'x', gateway: { conntrack: { max: 500 } }, floods: { a: FLOOD } };
  const { problems: found } = check({ ...built, lab: { driver: 'netns', target: '10.0.0.1:80' } });
  expect(found).toEqual([{ path: ['lab', 'target'], about: 'value', message: 'only allowed with driver: external' }]);
});

it('is refused where a lab has to be built', () => {
  expect(() => parseScenario(TEXT, 'f.yaml')).toThrow(expect.objectContaining({ exitCode: 104 }));
});

it.each(['10.1.2.3', '172.31.255.255', '192.168.0.1', '198.19.255.255', '127.8.8.8'])('%s is not public', (address) => {
  expect(isUnpublic(address)).toBe(true);
});

it.each(['11.0.0.0', '172.32.0.0', '192.169.0.1', '198.20.0.0', '198.17.255.255', '0.0.0.0', '8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(isUnpublic(address)).toBe(false);
  },
);

it('reads addresses strictly: what another reader may take for something else is refused', () => {
  for (const text of ['010.0.0.1:80', '10.0.0.256:80', '10.0.1:80', '10.0.0.1:0', '10.0.0.1:65536', '[::1]:80', '10.0.0.1:80 ']) {
    expect(parseEndpoint(text), text).toBeUndefined();
  }
});

it('reads places, and no path out of /run/netns', () => {
  for (const text of ['host', 'netns:gw', 'pid:17']) expect(placeText(parsePlace(text) ?? 'host')).toBe(text);
  for (const text of ['', 'netns:', 'netns:../x', 'netns:..', 'pid:0', 'pid:x', 'gw'])
    expect(parsePlace(text), text).toBeUndefined();
});
