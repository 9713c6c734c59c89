import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { DATAPLANE_NAMES } from '../../../src/model/input/dataplanes.ts';
import { distance } from '../../../src/model/suggest.ts';
import { check } from '../../../src/scenario/check.ts';
import { parseScenario } from '../../../src/scenario/load.ts';

const FLOOD = { kind: 'short', executor: 'constant-arrival-rate', rate: 10, duration: '5s' };
const GOOD = { version: 1, name: 'x', gateway: { conntrack: { max: 500 } }, floods: { a: FLOOD } };

/** `path: message` of every problem. */
function problems(changes: object): string[] {
  return (check({ ...GOOD, ...changes }).problems ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}
const inFlood = (changes: object) => problems({ floods: { a: { ...FLOOD, ...changes } } });
const inConntrack = (changes: object) => problems({ gateway: { conntrack: { max: 500, ...changes } } });

it('takes the table of a node instead of max', () => {
  const table = (conntrack: string) =>
    parseScenario(`version: 1\nname: x\ngateway: {conntrack: {${conntrack}}}\nfloods: {a: ${JSON.stringify(FLOOD)}}\n`, 'f.yaml');
  const m5 = 'node: {instanceType: m5.large}';
  const resolved = (conntrack: string) => table(conntrack).scenario.gateway.conntrack;
  expect(resolved(m5)).toMatchObject({ max: 262_144, buckets: 262_144, timeouts: {} });
  expect(resolved(`${m5}, kubeProxy: {}`)).toMatchObject({
    max: 262_144, // the newest release only raises it
    buckets: 262_144,
    timeouts: { tcp_established: 86_400, tcp_close_wait: 3_600 },
  });
  expect(resolved(`${m5}, kubeProxy: {version: '1.29'}`)).toMatchObject({ max: 131_072, buckets: 262_144 });
  expect(
    resolved(`${m5}, kubeProxy: {version: '1.28', tcpEstablishedTimeout: 2h}, timeouts: {tcp_close_wait: 9s}`),
  ).toMatchObject({
    max: 262_144,
    timeouts: { tcp_established: 432_000, tcp_close_wait: 9 }, // 1.23 to 1.28 never lower a sysctl
  });
  const nulls =
    'max: null, maxPerCore: null, min: null, tcpBeLiberal: null, tcpCloseWaitTimeout: null, tcpEstablishedTimeout: null, udpStreamTimeout: 0s, udpTimeout: 0s';
  expect(resolved(`${m5}, kubeProxy: {${nulls}}`)).toEqual(resolved(`${m5}, kubeProxy: {}`)); // as kubeadm writes it
  expect(resolved(`${m5}, kubeProxy: {version: '1.12', max: 524288}`)).toMatchObject({ max: 524_288 });
  expect(resolved(`${m5}, kubeProxy: {max: 524288}`)).toMatchObject({ max: 262_144 });
  expect(resolved(`${m5}, kubeProxy: {tcpEstablishedTimeout: 1500ms}`).timeouts).toMatchObject({ tcp_established: 1 });
  expect(resolved("node: {cores: 1, memory: 1Gi, kernel: '5.10'}")).toMatchObject({ max: 32_768, buckets: 8_192 });
  expect(parseScenario(table(`${m5}, kubeProxy: {}`).resolved, 'r.yaml').scenario).toEqual(
    table(`${m5}, kubeProxy: {}`).scenario,
  );
});

it('accepts what is right', () => {
  expect(problems({})).toEqual([]);
});

describe('refuses as not supported yet, after checking the shape', () => {
  it('close: abandon, shared-iterations', () => {
    expect(inFlood({ close: 'abandon' })).toEqual([expect.stringContaining('floods.a.close: abandon is not supported yet')]);
    expect(problems({ floods: { a: { kind: 'short', executor: 'shared-iterations', iterations: 5 } } })).toEqual([
      'floods.a.executor: shared-iterations is not supported yet',
    ]);
  });
});

it('close: half needs a backend that closes and a client that does not have to', () => {
  expect(inFlood({ close: 'half' })).toEqual([]);
  for (const other of [{ protocol: 'tcp' }, { client: 'undici' }]) {
    expect(inFlood({ close: 'half', ...other })).toEqual([expect.stringMatching(/^floods\.a\.close: half needs protocol: http/)]);
  }
});

it('only connections that the client holds itself are kept for more requests', () => {
  expect(inFlood({ requestsPerConnection: 5, lifetime: '2s' })).toEqual([]);
  expect(inFlood({ requestsPerConnection: 5, client: 'undici' })).toEqual([
    'floods.a.requestsPerConnection: needs protocol: http and client: direct',
  ]);
  expect(inFlood({ lifetime: '2s', close: 'half' })).toEqual([
    'floods.a.lifetime: cannot be combined with close: half, where the backend closes after one response',
  ]);
});

it('masquerade is only for gateways that translate addresses', () => {
  const gateway = (dataplane: string) => problems({ gateway: { ...GOOD.gateway, dataplane, masquerade: 'never' } });
  expect(['iptables', 'nftables', 'ipvs'].flatMap(gateway)).toEqual([]);
  for (const dataplane of ['proxy', 'forward', 'notrack', 'tunnel']) {
    expect(gateway(dataplane)).toEqual([
      expect.stringMatching(/^gateway\.masquerade: only allowed with dataplane iptables or nft/),
    ]);
  }
});

it('IPv6 is for what has it', () => {
  const ipv6 = (more: object) => problems({ lab: { family: 'ipv6' }, ...more });
  const gateway = (more: object) => ipv6({ gateway: { ...GOOD.gateway, ...more } });
  expect(DATAPLANE_NAMES.flatMap((dataplane) => gateway({ dataplane }))).toEqual([]);
  expect(problems({ lab: { family: 'dual' }, gateway: { ...GOOD.gateway, dataplane: 'tunnel' } })).toEqual([]);
  const { rate, duration, executor } = { rate: 5, duration: '1s', executor: 'constant-arrival-rate' };
  expect(ipv6({ floods: { a: { kind: 'dns', executor, rate, duration } } })).toEqual([]);
  expect(gateway({ dataplane: 'proxy', proxy: { implementation: 'nginx' } })).toEqual([
    expect.stringContaining('gateway.proxy.implementation: nginx is not available with lab.family ipv6 yet'),
  ]);
  const flood = { ...GOOD.floods.a, sources: '198.18.128.0/24' };
  expect(ipv6({ floods: { a: flood } })).toEqual([
    expect.stringContaining('floods.a.sources: not available with lab.family ipv6'),
  ]);
});

it('echo requests are for gateways that forward them', () => {
  const icmp = { kind: 'icmp', executor: 'constant-arrival-rate', rate: 1, duration: '1s' };
  const through = (dataplane: string, more = {}) =>
    problems({ gateway: { ...GOOD.gateway, dataplane }, floods: { a: { ...icmp, ...more } } });
  expect(['iptables', 'nftables', 'forward', 'notrack'].flatMap((dataplane) => through(dataplane))).toEqual([]);
  for (const dataplane of ['ipvs', 'tunnel', 'proxy']) {
    expect(through(dataplane)).toEqual([expect.stringMatching(/^floods\.a\.kind: icmp floods .*dataplane/)]);
  }
  expect(through('forward', { sources: '198.18.128.0/24' })).toHaveLength(1);
});

it('a flood keeps to a family that the lab has', () => {
  const lab = (family: string, more: object, gateway = {}) =>
    problems({ lab: { family }, gateway: { ...GOOD.gateway, ...gateway }, floods: { a: { ...GOOD.floods.a, ...more } } });
  const own = (family: string) => lab('dual', { family });
  expect([...own('ipv4'), ...own('ipv6'), ...lab('ipv4', { family: 'ipv4' }), ...lab('dual', {})]).toEqual([]);
  expect(lab('ipv4', { family: 'ipv6' })).toEqual([expect.stringContaining('floods.a.family: the lab has no ipv6 addresses')]);
  expect(lab('dual', { family: 'ipv4', sources: '198.18.128.0/24' })).toEqual([]);
  expect(lab('dual', { sources: '198.18.128.0/24' })).toEqual([expect.stringContaining('give the flood family: ipv4')]);
  expect(lab('dual', {}, { rules: { nftables: 'table ip x {}\n' } })).toEqual([]);
  expect(lab('dual', {}, { rules: { iptables: '*filter\nCOMMIT\n' } })).toEqual([
    expect.stringContaining('gateway.rules.iptables: iptables rules are of one family'),
  ]);
});

it('settings of a dataplane are for that one only, and fit together', () => {
  const gateway = (more: object) => problems({ gateway: { ...GOOD.gateway, ...more } });
  expect(gateway({ dataplane: 'ipvs', ipvs: { conntrack: false, notrack: true } })).toEqual([]);
  expect(gateway({ dataplane: 'tunnel', tunnel: { kind: 'wireguard' } })).toEqual([]);
  expect(gateway({ ipvs: {} })).toEqual(['gateway.ipvs: only allowed with dataplane ipvs, not with iptables']);
  expect(gateway({ dataplane: 'ipvs', tunnel: {} })).toEqual([
    'gateway.tunnel: only allowed with dataplane tunnel, not with ipvs',
  ]);
  expect(gateway({ dataplane: 'ipvs', ipvs: { notrack: true } })).toEqual([
    expect.stringContaining('gateway.ipvs.notrack: needs conntrack: false'),
  ]);
  expect(gateway({ dataplane: 'ipvs', ipvs: { conntrack: false }, masquerade: 'outside' })).toEqual([
    expect.stringContaining('gateway.masquerade: outside needs ipvs: {conntrack: true}'),
  ]);
});

it('fills in the settings of a dataplane', () => {
  const gateway = (more: object) =>
    parseScenario(stringify({ ...GOOD, gateway: { ...GOOD.gateway, ...more } }), 'x').scenario.gateway;
  expect(gateway({ dataplane: 'ipvs' })).toMatchObject({ ipvs: { conntrack: true, notrack: false }, masquerade: 'outside' });
  expect(gateway({ dataplane: 'ipvs', ipvs: { conntrack: false } })).toMatchObject({ masquerade: 'never' });
  expect(gateway({ dataplane: 'tunnel', tunnel: { ends: 'gateway' } })).toMatchObject({
    tunnel: { kind: 'vxlan', ends: 'gateway' },
  });
  expect(Object.keys(gateway({}))).not.toContain('ipvs');
});

it('lets only short and long floods through a proxy', () => {
  const through = (floods: object) => problems({ gateway: { ...GOOD.gateway, dataplane: 'proxy' }, floods });
  expect(through({ a: FLOOD, b: { ...FLOOD, kind: 'long' } })).toEqual([]);
  expect(through({ a: { ...FLOOD, kind: 'stale' }, b: { ...FLOOD, kind: 'half-open' }, c: { ...FLOOD, kind: 'udp' } })).toEqual([
    'floods.a.kind: stale floods do not pass through gateway.dataplane proxy; use short and long floods',
    'floods.b.kind: half-open floods do not pass through gateway.dataplane proxy; use short and long floods',
    'floods.c.kind: udp floods do not pass through gateway.dataplane proxy; use short and long floods',
  ]);
});

describe('refuses', () => {
  it.each([
    [{ node: { cores: 2, memory: '8Gi' } }, 'node: cannot be combined with max; give one of the two'],
    [{ kubeProxy: {} }, 'kubeProxy: needs node: {cores, memory} or {instanceType}, for the number of cores'],
    [{ max: undefined }, 'max: is required, unless node is given as {cores, memory} or {instanceType}'],
    [
      { max: undefined, buckets: 512, node: { instanceType: 'm5.large' } },
      'buckets: is determined by node; omit it, or give max instead of node',
    ],
    [
      { max: undefined, prefill: 131072, node: { instanceType: 'm5.large' }, kubeProxy: { version: '1.29' } },
      'prefill: must leave room in the table: must be less than max (131,072)',
    ],
    [{ node: { instanceType: 5 } }, 'node.instanceType: expected text, got 5'],
    [{ node: { instanceType: 'm5.lrge' } }, 'node.instanceType: unknown instance type m5.lrge; did you mean m5.large?'],
    [{ node: { cores: 2, memory: '8 GB' } }, 'node.memory: expected an amount of memory such as 8Gi, 512Mi or 995612Ki'],
    [{ kubeProxy: { maxPerCoer: 5 } }, 'kubeProxy.maxPerCoer: unknown key; did you mean maxPerCore?'],
    [{ kubeProxy: { version: 'new' } }, "kubeProxy.version: expected a version such as '1.29', in quotes"],
    [
      { kubeProxy: { tcpBeLiberal: true } },
      'kubeProxy.tcpBeLiberal: is not supported; omit it (it does not affect the table size)',
    ],
    [
      { max: undefined, node: { instanceType: 'm5.large' }, kubeProxy: { version: '1.12', max: 5, maxPerCore: 5 } },
      'kubeProxy.max: conntrack.max cannot be combined with conntrack.maxPerCore: kube-proxy 1.12 does not start with both',
    ],
    [
      { max: undefined, node: { instanceType: 'm5.large' }, kubeProxy: { tcpEstablishedTimeout: '500ms' } },
      'kubeProxy.tcpEstablishedTimeout: kube-proxy cuts this to 0 s, and such entries would expire at once: give at least 1s, or 0s for the kernel’s',
    ],
  ])('a table %j', (conntrack, problem) => {
    expect(inConntrack(conntrack)).toContain(`gateway.conntrack.${problem}`);
  });

  it.each([
    [{ find: { deadline: 600 } }, 'find.deadline: expected a duration such as 250ms, 5s or 1m30s; 600 has no unit (600s?)'],
    [{ find: { exponentialFactor: 1 } }, 'find.exponentialFactor: must be more than 1'],
    [{ find: { precision: 5 } }, 'find.precision: must be a share between 0 and 1'],
    [{ find: { initialValue: 0 } }, 'find.initialValue: must be more than 0'],
    [{ find: { varable: 'x' } }, 'find.varable: unknown key; did you mean variable?'],
    [{ version: 2 }, 'version: must be 1'],
    [{ name: 'a b' }, 'name: may only contain letters, digits, - and _, at most 100 characters'],
    [{ name: 'n'.repeat(101) }, 'name: may only contain letters, digits, - and _, at most 100 characters'],
    [{ floods: {} }, 'floods: needs at least one flood'],
    [{ floods: { 'a.b': FLOOD } }, 'floods.a.b: may only contain letters, digits, - and _, at most 100 characters'],
    [{ probe: { interval: '500us' } }, 'probe.interval: must be at least 1ms'],
    [{ gateway: {} }, 'gateway.conntrack: is required'],
    [{ seed: 1.5 }, 'seed: must be a whole number'],
    [
      { gateway: { ...GOOD.gateway, dataplane: 'iptable' } },
      'gateway.dataplane: must be one of iptables, nftables, ipvs, proxy, forward, notrack, tunnel; did you mean iptables?',
    ],
  ])('%j', (changes, message) => {
    expect(problems(changes)).toEqual([message]);
  });

  it.each([
    [{ max: 0 }, 'gateway.conntrack.max: must be at least 1'],
    [{ max: 'lots' }, 'gateway.conntrack.max: expected a number such as 500, 4096 or 20k'],
    [{ buckets: 'many' }, 'gateway.conntrack.buckets: expected auto or a number'],
    [{ buckets: 0 }, 'gateway.conntrack.buckets: must be at least 1'],
    [{ prefill: 500 }, 'gateway.conntrack.prefill: must leave room in the table: must be less than max (500)'],
    [{ prefill: 1.5 }, 'gateway.conntrack.prefill: must be a share below 1 or a whole number'],
    [{ timeouts: { tcp_timewait: '5s' } }, 'gateway.conntrack.timeouts.tcp_timewait: unknown key; did you mean tcp_time_wait?'],
    [{ timeouts: { udp: '1.5s' } }, 'gateway.conntrack.timeouts.udp: must be whole seconds; the kernel accepts nothing finer'],
  ])('%j', (changes, message) => {
    expect(inConntrack(changes)).toEqual([message]);
  });

  it.each([
    [{ kind: 'shrot' }, 'floods.a.kind: must be one of short, long, stale, half-open, udp, icmp, dns; did you mean short?'],
    [{ kind: undefined }, 'floods.a.kind: is required: short, long, stale, half-open, udp, icmp, dns'],
    [
      { executor: 'bust' },
      'floods.a.executor: must be one of constant-arrival-rate, ramping-arrival-rate, burst; did you mean burst?',
    ],
    [
      { executor: 'constant-connections' },
      'floods.a.executor: constant-connections holds connections open, but short connections end at once; use it with kind long or udp',
    ],
    [{ rate: 0 }, 'floods.a.rate: must be more than 0'],
    [{ duration: 5 }, 'floods.a.duration: expected a duration such as 250ms, 5s or 1m30s; 5 has no unit (5s?)'],
    [{ duration: '5 s' }, 'floods.a.duration: expected a duration such as 250ms, 5s or 1m30s, got "5 s"'],
    [{ duration: '30d' }, 'floods.a.duration: must be at most 596h31m23s'],
    [{ heartbeat: '1s' }, expect.stringContaining('floods.a.heartbeat: unknown key; allowed keys: ')],
    [{ connecttimeout: '1s' }, 'floods.a.connecttimeout: unknown key; did you mean connectTimeout?'],
    [{ arrival: 'random' }, 'floods.a.arrival: must be one of uniform, poisson'],
    [{ kind: 'udp', responseTimeout: '1s' }, 'floods.a.responseTimeout: only allowed with reply: true'],
    [{ kind: 'udp', reply: 'yes' }, 'floods.a.reply: expected true or false, got "yes"'],
    [{ kind: 'udp', payloadSize: 4 }, 'floods.a.payloadSize: must be at least 8'],
    [{ kind: 'udp', payloadSize: '2k' }, 'floods.a.payloadSize: must be at most 1,472'],
    [{ kind: 'udp', connectTimeout: '1s' }, expect.stringContaining('floods.a.connectTimeout: unknown key')],
    [{ kind: 'stale', executor: 'constant-connections' }, expect.stringContaining('use it with kind long or udp')],
  ])('a flood with %j', (changes, message) => {
    expect(inFlood(changes)).toEqual([message]);
  });

  it.each([
    [[], 'needs a stage with a duration above 0s'],
    [[{ duration: '0s', target: 5 }], 'needs a stage with a duration above 0s'],
    [[{ duration: '5s', target: 0 }], 'needs a stage with a target above 0'],
  ])('stages %j', (stages, message) => {
    const flood = { kind: 'stale', executor: 'ramping-arrival-rate', stages };
    expect(problems({ floods: { a: flood } })).toEqual([`floods.a.stages: ${message}`]);
  });
});

it('measures how far a mistyped key is from a known one', () => {
  expect([distance('max', 'max'), distance('conntrak', 'conntrack'), distance('Max', 'max'), distance('', 'ab')]).toEqual([
    0, 1, 0, 2,
  ]);
});
