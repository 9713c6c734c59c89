// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is the syntax under test
import { describe, expect, it } from 'vitest';
import { CtloadError } from '../../../src/platform/errors.ts';
import { loadScenario, parseScenario, type ScenarioInputs } from '../../../src/scenario/load.ts';

const MINIMAL = `version: 1
name: minimal
gateway: {conntrack: {max: 500}}
floods:
  requests: {kind: short, executor: constant-arrival-rate, rate: 10, duration: 5s}
`;

const EVERYTHING = `version: 1
name: everything
description: costs $$5 at \${PLACE:-home}, not $6
seed: 42
lab: {driver: netns}
gateway:
  dataplane: nftables
  conntrack:
    max: 4k
    buckets: 8192
    method: ballast
    prefill: 0.25
    timeouts: {tcp_time_wait: 1m30s, udp_stream: 2m}
probe: {interval: 1ms}
floods:
  ramp: {kind: short, executor: ramping-arrival-rate, startRate: 0.5, stages: [{duration: 250ms, target: 1.5k}, {duration: 0s, target: 7}],
         close: rst, responseTimeout: 1.5s, arrival: poisson, startTime: 1h2m3.004s}
  level: {kind: long, executor: constant-connections, connections: 30, duration: 9s, heartbeat: 100ms}
  hill: {kind: long, executor: ramping-connections, startConnections: 3, stages: [{duration: 5s, target: 20}]}
  flock: {kind: long, executor: burst, connections: 12}
  leak: {kind: stale, executor: constant-arrival-rate, rate: 20, duration: 20s, connectTimeout: 1234us}
thresholds:
  conn_failed: ['rate < 0.01']
  'conn_connecting{flood:ramp}': ['p(99)<250', {threshold: 'p(99.9)<3000', abortOnFail: true, delayAbortEval: 1m5s}]
find: {variable: floods.leak.rate, initialValue: 1k, exponentialFactor: 1.5, precision: 0.01, deadline: 7m}
`;

/** Message of the error that `text` gives; fails the test when it gives none. */
function complaint(text: string, inputs: ScenarioInputs = {}): string {
  try {
    parseScenario(text, 'f.yaml', inputs);
  } catch (error) {
    if (error instanceof CtloadError && error.exitCode === 104) return error.message;
    throw error;
  }
  throw new Error('no error was thrown');
}

const max = (inputs: ScenarioInputs, text = MINIMAL) => parseScenario(text, 'f.yaml', inputs).scenario.gateway.conntrack.max;

describe('a valid scenario', () => {
  it('gets the documented defaults', () => {
    expect(parseScenario(MINIMAL, 'f.yaml').scenario).toEqual({
      version: 1,
      name: 'minimal',
      description: '',
      seed: 1,
      lab: { driver: 'auto' },
      gateway: {
        dataplane: 'iptables',
        masquerade: 'outside',
        conntrack: { max: 500, buckets: 'auto', method: 'auto', leaseWaitSeconds: 120, prefill: 0, timeouts: {} },
      },
      backend: { delaySeconds: 0, status: 200, backlog: 65_535 },
      probe: { intervalSeconds: 0.01 },
      floods: [
        {
          name: 'requests',
          kind: 'short',
          protocol: 'http',
          client: 'direct',
          shape: { executor: 'constant-arrival-rate', rate: 10, durationSeconds: 5 },
          startTimeSeconds: 0,
          arrival: 'uniform',
          connectTimeoutSeconds: 5,
          close: 'fin',
          responseTimeoutSeconds: 10,
          requestsPerConnection: 1,
          lifetimeSeconds: 0,
        },
      ],
      thresholds: [],
    });
  });

  it('may use every key', () => {
    const { scenario } = parseScenario(EVERYTHING, 'f.yaml');
    expect(scenario).toMatchObject({
      description: 'costs $5 at home, not $6',
      gateway: { conntrack: { max: 4000, buckets: 8192, timeouts: { tcp_time_wait: 90, udp_stream: 120 } } },
      probe: { intervalSeconds: 0.001 },
      find: {
        variable: 'floods.leak.rate',
        initialValue: 1000,
        exponentialFactor: 1.5,
        precision: 0.01,
        measuringPeriodSeconds: 30,
        confirmPeriodSeconds: 60,
        deadlineSeconds: 420,
      },
    });
    expect(scenario.floods[0]).toMatchObject({
      shape: {
        startRate: 0.5,
        stages: [
          { durationSeconds: 0.25, target: 1500 },
          { durationSeconds: 0, target: 7 },
        ],
      },
      startTimeSeconds: 3723.004,
    });
  });

  it.each([MINIMAL, EVERYTHING])('is resolved to a file that reads back the same', (text) => {
    const first = parseScenario(text, 'f.yaml');
    const again = parseScenario(first.resolved, 'resolved.yaml');
    expect(again).toEqual(first);
    expect(first.resolved).toContain('interval: 1');
  });
});

it('may use anchors and merge keys', () => {
  const text = MINIMAL.replace('requests: {', 'requests: &requests {').trimEnd();
  const { floods } = parseScenario(`${text}\n  more: {<<: *requests, rate: 20}\n`, 'f.yaml').scenario;
  expect(floods.map(({ name, shape }) => [name, shape])).toEqual([
    ['requests', { executor: 'constant-arrival-rate', rate: 10, durationSeconds: 5 }],
    ['more', { executor: 'constant-arrival-rate', rate: 20, durationSeconds: 5 }],
  ]);
});

describe('inputs', () => {
  it('rank: file, then CTLOAD_SET, then --set', () => {
    const environment = { CTLOAD_SET: 'seed=7\ngateway.conntrack.max=600; probe.interval=20ms' };
    expect(max({ environment })).toBe(600);
    const { scenario } = parseScenario(MINIMAL, 'f.yaml', {
      environment,
      set: ['gateway.conntrack.max=1k', 'gateway.conntrack.max=2k'],
    });
    expect(scenario).toMatchObject({ seed: 7, probe: { intervalSeconds: 0.02 }, gateway: { conntrack: { max: 2000 } } });
  });

  it('rank: CTLOAD_DRIVER, then --driver', () => {
    const environment = { CTLOAD_DRIVER: 'netns' };
    expect(parseScenario(MINIMAL, 'f.yaml', { environment }).scenario.lab.driver).toBe('netns');
    expect(parseScenario(MINIMAL, 'f.yaml', { environment, driver: 'auto' }).scenario.lab.driver).toBe('auto');
  });

  it('--set reaches list items, takes YAML and makes new maps', () => {
    const set = [
      'floods.ramp.stages.1.target=9',
      'floods.ramp.stages.2={duration: 3s, target: 4}',
      'gateway.conntrack.timeouts.udp=5s',
      'floods.more={kind: stale, executor: burst, connections: 1}',
    ];
    const { scenario } = parseScenario(EVERYTHING, 'f.yaml', { set });
    expect(scenario.gateway.conntrack.timeouts).toEqual({ tcp_time_wait: 90, udp_stream: 120, udp: 5 });
    expect(scenario.floods[0]?.shape).toMatchObject({ stages: [{}, { target: 9 }, { durationSeconds: 3, target: 4 }] });
    expect(scenario.floods.at(-1)?.name).toBe('more');
  });

  it('-e ranks before the environment, the environment before the default', () => {
    const text = MINIMAL.replace('{conntrack: {max: 500}}', `\n  conntrack:\n    max: \${MAX:-700}`);
    expect(max({}, text)).toBe(700);
    expect(max({ environment: { MAX: '' } }, text)).toBe(700);
    expect(max({ environment: { MAX: '800' } }, text)).toBe(800);
    expect(max({ environment: { MAX: '800' }, variables: { MAX: '9k' } }, text)).toBe(9000);
  });

  it('a variable cannot add keys', () => {
    const text = MINIMAL.replace('name: minimal', `name: minimal\ndescription: \${TEXT}`);
    const TEXT = 'x\nthresholds: {}\n# [';
    expect(parseScenario(text, 'f.yaml', { variables: { TEXT } }).scenario.description).toBe(TEXT);
  });

  it('are named when they are wrong', () => {
    const lines = complaint(MINIMAL, {
      set: ['gateway.conntrak.max=3', 'probe.interval=5', 'seed', 'name.first=x', 'floods.new.kind=short'],
      driver: 'podman',
      environment: { CTLOAD_SET: 'seed=-1' },
    }).split('\n');
    expect(lines.sort()).toEqual([
      '--driver podman: lab.driver: must be one of auto, netns, docker, vm, external, kubernetes; did you mean docker?',
      '--set floods.new.kind=short: floods.new.executor: is required: constant-arrival-rate, ramping-arrival-rate, burst',
      '--set gateway.conntrak.max=3: gateway.conntrak: unknown key; did you mean conntrack?',
      '--set name.first=x: name.first: cannot set first: its parent is a plain value (minimal)',
      '--set probe.interval=5: probe.interval: expected a duration such as 250ms, 5s or 1m30s; 5 has no unit (5s?)',
      '--set seed: expected path=value',
      'CTLOAD_SET seed=-1: seed: must be at least 0',
    ]);
  });
});

describe('an invalid scenario', () => {
  it('is told with line, column, source line and caret, all problems at once, by line', () => {
    const text = MINIMAL.replace('name: minimal', 'nmae: minimal').replace('rate: 10, duration: 5s', 'rate: 0, duration: 5');
    expect(complaint(text)).toBe(`f.yaml:1:1: name: is required
     1 | version: 1
       | ^
f.yaml:2:1: nmae: unknown key; did you mean name?
     2 | nmae: minimal
       | ^
f.yaml:5:66: floods.requests.rate: must be more than 0
     5 |   requests: {kind: short, executor: constant-arrival-rate, rate: 0, duration: 5}
       |                                                                  ^
f.yaml:5:79: floods.requests.duration: expected a duration such as 250ms, 5s or 1m30s; 5 has no unit (5s?)
     5 |   requests: {kind: short, executor: constant-arrival-rate, rate: 0, duration: 5}
       |                                                                               ^`);
  });

  it('that is not valid YAML is reported by its syntax errors alone', () => {
    expect(complaint('version: 1\nname: {a\nx: 1\n')).toMatch(/^f\.yaml:3:1: Flow map/);
    expect(complaint('version: 1\nversion: 1\n')).toMatch(/^f\.yaml:2:1: Map keys must be unique/);
    expect(complaint('a: *nowhere\n')).toContain('nowhere');
    expect(complaint('a: 1\n---\nb: 1\n')).toMatch(/^f\.yaml:2:1: multiple YAML documents; a scenario file must contain one/);
    expect(complaint(`a: ${'['.repeat(20_000)}`)).toMatch(/^f\.yaml:1:\d+: nested too deeply\n/);
  });

  it.each([
    ['floods: {a: {rate: ${RATE:-5}, duration: 5s}}\nb: {c: ${D}, d: {e: f}}\n', 'f.yaml:1:20: ${RATE:-5} needs quotes'],
    ['a: {\n  b: x-${B},\n  c: 5}\nd: {e: f, g: h}\n', 'f.yaml:2:8: ${B} needs quotes inside { } and [ ]: "${B}", '],
    ['a: [1, ${X}, 5]\n', 'f.yaml:1:8: ${X} needs quotes'],
    ['a: {b: ${X', 'f.yaml:1:8: ${X needs quotes'],
    ['a: {b: "c" {d: 5}, e: 6}\nf: {g: h, i: j}\n', 'f.yaml:1:12: Unexpected flow-map-start token'],
    ['a: "x" y\nb: {c: d}\ne: {f: g}\n', 'f.yaml:1:8: Unexpected scalar at node end'],
  ])('that is not valid YAML from one place on is reported with this place: %j', (text, message) => {
    const lines = complaint(text).split('\n');
    expect(lines[0]).toContain(message);
    expect(lines).toHaveLength(3); // the message, the source and the caret
  });

  it('takes a variable in quotes inside braces for a number', () => {
    const text = MINIMAL.replace('max: 500', 'max: "${MAX:-700}"');
    expect(parseScenario(text, 'f.yaml').scenario.gateway.conntrack.max).toBe(700);
  });

  it.each([
    ['', 'f.yaml:1:1: expected a map of keys, got null'],
    ['- 1', 'f.yaml:1:1: expected a map of keys, got a list'],
  ])('may be no map at all: %j', (text, message) => {
    expect(complaint(text)).toContain(message);
  });

  it('is shown without what steers a terminal, and of a long line only what stands around', () => {
    expect(complaint('x: "\u001b[2J"\u0007')).not.toMatch(/[^\n\P{Cc}]/u);
    const [, line = '', caret = ''] = complaint(`{a: ${'1'.repeat(500)}, b: 2}`)
      .split('\n')
      .slice(-3);
    expect(line).toMatch(/1, b: 2}$/);
    expect(line.length).toBeLessThan(200);
    expect(line.at(caret.indexOf('^'))).toBe('b');
  });

  it('asks whether a flood was meant that is in the file', () => {
    expect(complaint(MINIMAL, { set: ['floods.request.rate=5'] })).toContain(
      'floods.request.kind: is required: short, long, stale, half-open, udp, icmp, dns (request would be a new flood; did you mean requests?)',
    );
    expect(complaint(MINIMAL, { set: ['floods.web.rate=5'] })).toContain('(web would be a new flood; the file has requests)');
    expect(complaint(MINIMAL.replace('kind: short, ', ''))).not.toContain('new flood');
  });

  it('names a variable that is not set, once', () => {
    const message = complaint(MINIMAL.replace('10', `"\${RATE}"`));
    expect(message).toMatch(/^f\.yaml:5:66: floods\.requests\.rate: variable RATE is not set; set it with -e RATE=…/);
    expect(message.split('\n')).toHaveLength(3);
  });

  it('that cannot be read is told so', () => {
    expect(() => loadScenario('/nowhere/x.yaml')).toThrow(
      expect.objectContaining({ exitCode: 104, message: 'cannot read scenario /nowhere/x.yaml: no such file or directory' }),
    );
    expect(() => loadScenario('/')).toThrow('cannot read scenario /: it is a folder');
    expect(() => loadScenario('/dev/zero')).toThrow('cannot read scenario /dev/zero: it is larger than 256 KiB');
  });
});
