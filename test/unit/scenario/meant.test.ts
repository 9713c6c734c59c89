import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { METRIC_NAMES } from '../../../src/model/input/metrics.ts';
import { TIMEOUT_NAMES, timeoutMeant, timeoutSysctl } from '../../../src/model/input/timeouts.ts';
import { didYouMean } from '../../../src/model/suggest.ts';
import { check } from '../../../src/scenario/check.ts';

const FLOOD = { kind: 'short', executor: 'constant-arrival-rate', rate: 500, duration: '10s' };
const GOOD = { version: 1, name: 'x', gateway: { conntrack: { max: 4096 } }, floods: { web: FLOOD } };

/** What is said about `changes`, by path. */
function said(changes: object): Record<string, string> {
  return Object.fromEntries(
    (check({ ...GOOD, ...changes }).problems ?? []).map(({ path, message }) => [path.join('.'), message]),
  );
}

describe('a threshold named as in k6 or by the kernel', () => {
  const inThresholds = (metric: string) => said({ thresholds: { [metric]: [] } })[`thresholds.${metric}`];

  it.each([
    ['http_req_failed', 'conn_failed'],
    ['http_req_duration', 'conn_duration'],
    ['http_req_connecting', 'conn_connecting'],
    ['http_req_waiting', 'conn_waiting'],
    ['http_req_blocked', 'schedule_lag'],
    ['http_reqs', 'conns'],
    ['iterations', 'conns'],
    ['iteration_duration', 'conn_duration'],
    ['ws_sessions', 'conns'],
    ['vus', 'conns_open'],
    ['nf_conntrack_count', 'conntrack_entries'],
    ['node_nf_conntrack_entries', 'conntrack_entries'],
    ['early_drop', 'conntrack_early_drop'],
    ['insert_failed', 'conntrack_insert_failed'],
  ])('%s: %s', (typed, meant) => {
    expect(inThresholds(typed)).toBe(`unknown metric ${typed}; did you mean ${meant}?`);
    expect(inThresholds(`${typed}{flood:web}`) ?? '').not.toContain('use conns, ');
  });

  it('says what to use instead of what ctload does not have', () => {
    expect(inThresholds('checks')).toBe(
      'unknown metric checks; ctload checks no responses; conn_failed is the share of attempts that failed: rate>0.99 becomes rate<0.01',
    );
    for (const name of [
      'data_sent',
      'data_received',
      'http_req_tls_handshaking',
      'http_req_sending',
      'ws_ping',
      'group_duration',
    ]) {
      expect(inThresholds(name)).not.toContain(METRIC_NAMES.join(', '));
    }
    expect(inThresholds('conn_failed{scenario:web}')).toBe('conn_failed has no tag scenario; did you mean flood?');
  });
});

describe('a timeout', () => {
  it.each(TIMEOUT_NAMES)('%s is found by its sysctl', (name) => {
    const full = timeoutSysctl(name) ?? '';
    const bare = full.slice('net.netfilter.'.length);
    const timeouts = Object.fromEntries([full, bare, bare.slice('nf_conntrack_'.length)].map((key) => [key, '30s']));
    const found = said({ gateway: { conntrack: { max: 5, timeouts } } });
    expect(Object.values(found)).toEqual(Object.keys(timeouts).map(() => `unknown key; did you mean ${name}?`));
    expect(timeoutMeant(full.replaceAll('.', '/'))).toBe(name);
  });

  it('is found by its state, and by the field of kube-proxy', () => {
    const typed = ['time_wait', 'TIME_WAIT', 'established', 'tcpEstablishedTimeout', 'tcpCloseWaitTimeout', 'udpStreamTimeout'];
    expect(typed.map(timeoutMeant)).toEqual([
      'tcp_time_wait',
      'tcp_time_wait',
      'tcp_established',
      'tcp_established',
      'tcp_close_wait',
      'udp_stream',
    ]);
    expect(['', 'timeout', 'tcp', 'nf_conntrack_', 'dccp_timeout_open'].map(timeoutMeant)).toEqual(Array(5).fill(undefined));
  });
});

it.each([
  ['hashsize', 'buckets'],
  ['nf_conntrack_max', 'max'],
  ['net.netfilter.nf_conntrack_buckets', 'buckets'],
  ['maxPerCore', 'kubeProxy.maxPerCore'],
  ['cores', 'node.cores'],
  ['tcp_time_wait', 'timeouts.tcp_time_wait'],
  ['nf_conntrack_udp_timeout', 'timeouts.udp'],
])('conntrack.%s: %s', (typed, meant) => {
  expect(said({ gateway: { conntrack: { max: 5, [typed]: 5 } } })[`gateway.conntrack.${typed}`]).toBe(
    `unknown key; did you mean ${meant}?`,
  );
});

it.each([
  ['max', 'gateway.conntrack.max'],
  ['dataplane', 'gateway.dataplane'],
  ['delay', 'backend.delay'],
  ['rate', 'floods.<name>.rate'],
  ['scenarios', 'floods'],
  ['nane', 'name'],
])('%s at the top: %s', (typed, meant) => {
  expect(said({ [typed]: 5 })[typed]).toBe(`unknown key; did you mean ${meant}?`);
});

it.each([
  ['rps', 'rate'],
  ['qps', 'rate'],
  ['timeout', 'connectTimeout'],
  ['connect_timeout', 'connectTimeout'],
])('%s in a flood: %s', (typed, meant) => {
  expect(said({ floods: { web: { ...FLOOD, [typed]: 5 } } })[`floods.web.${typed}`]).toBe(`unknown key; did you mean ${meant}?`);
});

it('knows k6’s executors and common words for the kinds', () => {
  const executor = (kind: string, typed: string) =>
    said({ floods: { web: { kind, executor: typed } } })['floods.web.executor']?.split('; ')[1];
  expect(executor('long', 'constant-vus')).toBe('did you mean constant-connections?');
  expect(executor('short', 'ramping-vus')).toBe('did you mean ramping-arrival-rate?');
  expect(said({ floods: { web: { ...FLOOD, kind: 'websocket' } } })['floods.web.kind']).toMatch(/; did you mean long\?$/);
});

it.each([
  [
    'k6-metric-names.yaml',
    {
      http_req_failed: '; did you mean conn_failed?',
      http_req_duration: '; did you mean conn_duration?',
      http_req_connecting: '; did you mean conn_connecting?',
      iterations: '; did you mean conns?',
      'ws_connecting.0': 'write p(95) for a percentile, got p95',
      checks: 'conn_failed is the share of attempts that failed',
    },
  ],
  [
    'timeout-sysctl-names.yaml',
    {
      nf_conntrack_tcp_timeout_time_wait: '; did you mean tcp_time_wait?',
      tcp_timeout_time_wait: '; did you mean tcp_time_wait?',
      udp_timeout: '; did you mean udp?',
      udp_timeout_stream: '; did you mean udp_stream?',
      time_wait: '; did you mean tcp_time_wait?',
    },
  ],
])('%s gets one suggestion for each name, and no list', (file, expected) => {
  const text = readFileSync(new URL(`../../fixtures/cases/${file}`, import.meta.url), 'utf8');
  const problems = check(parse(text)).problems ?? [];
  const found = problems.map(({ path, message }) => [path.slice(file.startsWith('k6') ? 1 : 3).join('.'), message]);
  expect(found).toHaveLength(Object.keys(expected).length);
  for (const [key, message] of Object.entries(expected)) expect(Object.fromEntries(found)[key]).toContain(message);
});

it('suggests nothing where nothing resembles what was typed', () => {
  expect(didYouMean('constructor', ['max', 'buckets'])).toBe('');
  expect(said({ __proto: 5 })['__proto']).toContain('allowed keys: ');
});
