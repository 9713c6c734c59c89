import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../../src/model/result/summary.ts';
import { until } from '../../../src/platform/clock.ts';
import {
  CLI,
  ctload,
  evictedByGc,
  expectBalanced,
  expectNothingLeft,
  leavesHostAlone,
  readRecords,
  readSummary,
  runScenario,
  start,
  temporaryFolder,
} from '../support/ctload.ts';
import { ANY, LEASE } from '../support/dataplanes.ts';
import { labOf } from '../support/faults.ts';
import { connectionsInGuest, noGuest } from '../support/guests.ts';
import { killAtRandom } from '../support/kills.ts';
import { ctloadAsNobody, nobodysFolder } from '../support/nobody.ts';
import { noPrograms, ONE_ENDPOINT, own, PROGRAMS, processesOf, programsRunning, proxied, without } from '../support/proxies.ts';
import { skipFor } from '../support/skip.ts';

const WEB =
  'web: {kind: short, executor: constant-arrival-rate, rate: 300, duration: 2s, connectTimeout: 1500ms, responseTimeout: 3s}';
const SOCKETS = 'sockets: {kind: long, executor: constant-connections, connections: 300, duration: 2s}';
/** Places become free all the time: a client's SYN takes one, and there may be none for the connection to the backend. */
const FULL = 'max: 800, timeouts: {tcp_time_wait: 2s}';
const LONG_WEB =
  'web: {kind: short, executor: constant-arrival-rate, rate: 300, duration: 6s, connectTimeout: 3s, responseTimeout: 3s}';

/** Broken by the full table; where gc evicted entries, ctload is not certain, but has seen what filled it. */
function expectBroken(summary: Summary): void {
  const { kind, cause, reasons } = summary.verdict;
  expect([kind, cause], reasons.join('\n')).toEqual([evictedByGc(summary) ? 'inconclusive' : 'broke', 'conntrack-full']);
}

describe.each(PROGRAMS)('%s as the gateway', skipFor(noPrograms), (program) => {
  leavesHostAlone();
  let others: string;
  beforeAll(() => {
    others = programsRunning();
  });
  afterEach(async () => {
    await until(() => programsRunning() === others, 5, 0.1);
    expect(programsRunning()).toBe(others);
  });

  it('two entries for each connection of a client, held or not', async () => {
    const requests = await runScenario('smoke.yaml', [...proxied(program, WEB), ...LEASE]);
    expect(requests.summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(requests.summary.floods['web']).toMatchObject({ attempted: 600, succeeded: 600 });
    expect(requests.summary.conntrack.peakEntries).toBe(1200);
    expect(requests.summary.proxy).toEqual({ implementation: program, keepAlive: false, complaints: {} });
    expect(requests.summary.environment.tools[program]).toMatch(/^\d+\.\d+/);
    const sockets = await runScenario('smoke.yaml', proxied(program, SOCKETS));
    expect(sockets.summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(sockets.summary.floods['sockets']).toMatchObject({ attempted: 300, succeeded: 300, peakOpen: 300 });
    expect(sockets.summary.conntrack.peakEntries).toBe(600);
  });

  it('hardly more than one for a request with keep-alive towards the backend', async () => {
    const { summary } = await runScenario('smoke.yaml', [...proxied(program, WEB, { more: ', keepAlive: true' }), ...LEASE]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid' });
    expect(summary.floods['web']).toMatchObject({ attempted: 600, succeeded: 600 });
    // Each worker or thread keeps at most one connection to each of 64 addresses that it has used, unless several were in use at once.
    expect(summary.conntrack.peakEntries).toBeLessThan(900);
    expect(summary.conntrack.peakEntries).toBeGreaterThan(600);
  });

  it('a full table: what its own kernel loses is accounted for, and its requests have that cause', async () => {
    const { summary } = await runScenario('smoke.yaml', proxied(program, LONG_WEB, { conntrack: FULL }), ANY);
    expectBroken(summary);
    const { accounting, attribution } = summary;
    expect(accounting.upstreamRetransmissions).toBeGreaterThan(0);
    expect(accounting.upstreamAbandoned).toBeGreaterThan(0);
    expectBalanced(summary);
    const failed = attribution.reduce((sum, one) => sum + one.failed, 0);
    expect(attribution[0]?.cause).toBe('conntrack-full');
    expect(attribution[0]?.failed).toBeGreaterThan(0.99 * failed);
  });

  it('a status of 502, 503 or 504 because of a full table has that cause, too', async () => {
    const quick = ONE_ENDPOINT[program]
      .replace('proxy_http', 'proxy_connect_timeout 1s; proxy_http')
      .replace('connect 5s', 'connect 1s');
    const flags = proxied(program, LONG_WEB, { conntrack: FULL, more: own(quick) });
    const { summary, folder } = await runScenario('smoke.yaml', flags, ANY);
    const statuses = readRecords(folder).flatMap((record) =>
      record.type === 'load' ? Object.keys(record.failedWith ?? {}) : [],
    );
    expect(statuses.filter((status) => /^50[234]$/.test(status))).not.toEqual([]);
    expectBalanced(summary);
    expectBroken(summary);
    expect(summary.floods['web']?.failures['http-5xx'] ?? 0).toBeLessThan(5);
  });

  it('with a configuration of the user’s own: the record has it, and ports that run out are not the table’s', async () => {
    const folder = join(temporaryFolder(), 'run');
    const flags = proxied(program, SOCKETS.replace('duration: 2s', 'duration: 2s, startTime: 2s'), {
      more: own(ONE_ENDPOINT[program]),
    });
    const running = start(['run', 'scenarios/smoke.yaml', '--output', folder, ...flags]);
    await running.seen(/\d load: /);
    labOf(running.child.pid ?? 0).on('gateway', "sysctl -qw net.ipv4.ip_local_port_range='30000 30199'");
    const { code, stderr } = await running.ended;
    const { verdict, attribution, proxy } = readSummary(folder);
    expect(code, stderr).toBe(111);
    expect(proxy).toMatchObject({ implementation: program });
    expect(proxy).not.toHaveProperty('keepAlive');
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive', cause: 'upstream-ports-exhausted' });
    expect(attribution.map(({ cause }) => cause)).toEqual(['upstream-ports-exhausted']);
    expect(attribution[0]?.evidence).toMatch(/(99: Cannot assign requested address|no free ports).*No conntrack drop/);
    const again = await ctload('validate', join(folder, 'scenario.resolved.yaml'));
    expect(again.code, again.stderr).toBe(0);
  });

  it('a configuration that it refuses: its own words and the line, before anything is loaded', async () => {
    const config = ONE_ENDPOINT[program].replace(/worker_connections|timeout tunnel/, 'nonsense');
    const line = config.split('\n').findIndex((text) => text.includes('nonsense')) + 1;
    const { code, stderr } = await ctload(
      'run',
      'scenarios/smoke.yaml',
      '--output',
      join(temporaryFolder(), 'run'),
      ...proxied(program, WEB, { more: own(config) }),
    );
    expect(code).toBe(104);
    expect(stderr).toMatch(new RegExp(`gateway.proxy.config: ${program} refuses the configuration: .*nonsense`));
    expect(stderr).toMatch(new RegExp(`line ${line}\\b`));
  });

  it('one that listens elsewhere is not waited for in vain', async () => {
    const config = ONE_ENDPOINT[program].replace(/\$\{SERVICE\}/, '127.0.0.1:80');
    const folder = join(temporaryFolder(), 'run');
    const flags = proxied(program, WEB, { more: own(config) });
    const { code, stderr } = await ctload('run', 'scenarios/smoke.yaml', '--output', folder, ...flags);
    expect(code).toBe(100);
    expect(stderr).toContain(`${program} does not listen on any of the 64 addresses that clients connect to`);
  }, 60_000);

  it('killed while the load is on: that is what is reported', async () => {
    const folder = join(temporaryFolder(), 'run');
    const flags = proxied(program, SOCKETS.replace('duration: 2s', 'duration: 30s'));
    const running = start(['run', 'scenarios/smoke.yaml', '--output', folder, ...flags]);
    await running.seen(/\d load: /);
    const pids = labOf(running.child.pid ?? 0).pids('gateway', program);
    const [first] = processesOf(program, pids);
    process.kill(first ?? 0, 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(111);
    const { verdict, attribution, breakingPoint } = readSummary(folder);
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.reasons[0]).toContain(`${program} on gateway (pid ${first}) was killed by SIGKILL`);
    expect(breakingPoint).toBeNull();
    expect(attribution.map(({ cause }) => cause)).not.toContain('conntrack-full');
  });

  it('ctload interrupted or killed: nothing is left', async () => {
    const flags = proxied(program, SOCKETS.replace('duration: 2s', 'duration: 30s'));
    const folder = join(temporaryFolder(), 'run');
    const running = start(['run', 'scenarios/smoke.yaml', '--output', folder, ...flags]);
    await running.seen(/\d load: /);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(105);
    await expectNothingLeft('interrupted');
    await killAtRandom(2, { flags, between: [500, 4000], isClean: expectNothingLeft });
  }, 120_000);

  it('that is not installed: the remedy', async () => {
    const flags = proxied(program, WEB);
    const argv = [...without(program), process.execPath, CLI];
    const { code, stderr } = await start(['run', 'scenarios/smoke.yaml', ...flags], argv).ended;
    expect(code).toBe(112);
    expect(stderr).toMatch(new RegExp(`implementation ${program}: missing command ${program}\n.*apt-get install ${program}`));
  });
});

it.each(PROGRAMS)('%s without root', skipFor(noPrograms), async (program) => {
  const folder = nobodysFolder();
  const file = join(folder, 'proxy.yaml');
  const gateway = `gateway: {dataplane: proxy, proxy: {implementation: ${program}}, conntrack: {max: 5000}}`;
  writeFileSync(file, `version: 1\nname: proxy\n${gateway}\nfloods: {${WEB}}\n`);
  const run = await ctloadAsNobody(`run ${file} --output ${folder}/run`);
  const { code, stderr } = await run.ended;
  expect(ANY, stderr).toContain(code);
  const summary = readSummary(join(folder, 'run'));
  expect(code, summary.verdict.reasons.join('\n')).toBe(evictedByGc(summary) ? 111 : 0);
  const { environment, floods, proxy } = summary;
  expect(environment.rootless).toBe(true);
  expect(floods['web']).toMatchObject({ attempted: 600, succeeded: 600 });
  expect(proxy?.complaints).toEqual({});
});

/** Milliseconds. Translated, on a busy machine, a guest may take a minute to boot. */
const BOOT_AND_RUN = 240_000;

describe('in a guest', { ...skipFor(noGuest ?? noPrograms), timeout: BOOT_AND_RUN }, () => {
  it('nginx: two entries for each request, one with keep-alive towards the backend', async () => {
    const without = await connectionsInGuest(`dataplane: proxy, proxy: {implementation: nginx}`);
    expect(without.entries).toBe(600);
    expect(without.summary.environment.tools['nginx']).toMatch(/^\d+\.\d+/);
    const { entries } = await connectionsInGuest('dataplane: proxy, proxy: {implementation: nginx, keepAlive: true}');
    expect(entries).toBeGreaterThan(300);
    expect(entries).toBeLessThan(500);
  });

  it('HAProxy: two entries for each request', async () => {
    const { entries, summary } = await connectionsInGuest('dataplane: proxy, proxy: {implementation: haproxy}');
    expect(entries).toBe(600);
    expect(summary.proxy).toMatchObject({ implementation: 'haproxy', keepAlive: false });
  });
});

it('a worker of nginx that is killed is not made good by another one', skipFor(noPrograms), async () => {
  const folder = join(temporaryFolder(), 'run');
  const flags = proxied('nginx', SOCKETS.replace('duration: 2s', 'duration: 30s'));
  const running = start(['run', 'scenarios/smoke.yaml', '--output', folder, ...flags]);
  await running.seen(/\d load: /);
  const [, worker] = processesOf('nginx', labOf(running.child.pid ?? 0).pids('gateway', 'nginx'));
  process.kill(worker ?? 0, 'SIGKILL');
  expect((await running.ended).code).toBe(111);
  expect(readSummary(folder).verdict.reasons[0]).toContain(`nginx on gateway: worker process ${worker} exited on signal 9`);
});
