import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WatchedTable, WatchSample } from '../../../src/model/result/watch.ts';
import type { ConntrackRecord } from '../../../src/model/timeline/sample.ts';
import { until } from '../../../src/platform/clock.ts';
import { violations } from '../../schemas/violations.ts';
import { CLI, ctload, readRecords, readSummary, start, temporaryFolder, unfit } from '../support/ctload.ts';
import { ctloadAsNobody } from '../support/nobody.ts';
import { skipFor } from '../support/skip.ts';
import { check, provideValidators } from '../support/validators.ts';

const missing = provideValidators();
const ENTRY = '-p tcp -s 198.18.0.9 -d 198.18.0.10 --dport 443 --state ESTABLISHED -u ASSURED,SEEN_REPLY -t 86390';
/** A table with three entries. */
const FILL = [1, 2, 3].map((port) => `conntrack -I ${ENTRY} --sport ${port} >/dev/null 2>&1`).join('; ');

function samplesOf(stdout: string): WatchSample[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** The table of a namespace in each of the samples that has it. */
function tablesOf(samples: readonly WatchSample[], isIt: (table: WatchedTable) => boolean): WatchedTable[] {
  return samples.flatMap(({ tables }) => tables.find(isIt) ?? []);
}

/** Seconds between the clocks of two series of one table: when they have the same number of entries, half-way. */
function offset(watched: readonly WatchedTable[], recorded: readonly ConntrackRecord[]): number {
  const half = Math.max(...recorded.map(({ entries }) => entries)) / 2;
  const one = watched.find(({ entries }) => entries >= half);
  const same = recorded.find(({ entries }) => one !== undefined && entries >= one.entries);
  return (one?.readAt ?? Number.NaN) - (same?.t ?? Number.NaN);
}

describe('watch', skipFor(unfit), () => {
  it('agrees with the record of a run, within one sample', async () => {
    const folder = join(temporaryFolder(), 'run');
    const sets = ['method=ballast', 'max=20000'].flatMap((set) => ['--set', `gateway.conntrack.${set}`]);
    const load = ['startTime=2s', 'duration=4s'].flatMap((set) => ['--set', `floods.requests.${set}`]);
    const running = start(['run', 'scenarios/smoke.yaml', '--output', folder, ...sets, ...load]);
    await running.seen(/\d load: /);
    const watching = await ctload('watch', '--json', '--interval', '100ms', '--duration', '5s', '--no-states');
    const ran = await running.ended;
    expect([ran.code, watching.code], ran.stderr + watching.stderr).toEqual([0, 0]);
    const { run, conntrack } = readSummary(folder);
    const samples = samplesOf(watching.stdout);
    expect(samples.flatMap((sample) => violations('watch', sample))).toEqual([]);
    const watched = tablesOf(samples, ({ name }) => name === `ctload-${run.id}-gateway`)
      .map((table) => ({ ...table, entries: table.entries - conntrack.ballast }))
      .filter(({ entries }) => entries > 0);
    expect(watched.length).toBeGreaterThan(20);
    const recorded = readRecords(folder).filter(
      (record): record is ConntrackRecord => record.type === 'conntrack' && record.host === 'gateway',
    );
    const apart = offset(watched, recorded);
    for (const { readAt, entries } of watched) {
      const near = recorded.filter(({ t }) => Math.abs(t - (readAt - apart)) <= 0.1).map((record) => record.entries);
      expect(entries).toBeGreaterThanOrEqual(Math.min(...near));
      expect(entries).toBeLessThanOrEqual(Math.max(...near));
    }
    // Ballast leaves 20,000 of the limit.
    const slopes = watched.flatMap(({ slope }) => slope ?? []);
    expect(Math.max(...slopes)).toBeGreaterThan(100);
  });

  it('sees namespaces without a process and without a name, and lets go of one that is removed', async () => {
    const name = `watched-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name]);
    onTestFinished(() => {
      try {
        execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
      } catch {} // as it should be
    });
    execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', FILL]);
    const unnamed = start([], ['unshare', '--net', 'sh', '-c', `${FILL}; exec sleep 20`]);
    const own = statSync('/proc/self/ns/net').ino;
    const inode = () => statSync(`/proc/${unnamed.child.pid}/ns/net`).ino;
    expect(await until(() => inode() !== own, 10)).toBe(true);
    const netns = inode();
    const entries = () =>
      execFileSync('nsenter', [`--net=/proc/${unnamed.child.pid}/ns/net`, 'conntrack', '-C'], { encoding: 'utf8' });
    expect(await until(() => Number(entries()) === 3, 10)).toBe(true);

    const watching = start(['watch', '--json', '--interval', '500ms', '--duration', '9s']);
    setTimeout(() => execFileSync('ip', ['netns', 'del', name]), 3000);
    const { code, stdout, stderr } = await watching.ended;
    expect(code, stderr).toBe(0);
    const samples = samplesOf(stdout);
    const named = tablesOf(samples, (table) => table.name === name);
    expect(named[0]).toMatchObject({ entries: 3, states: null });
    expect(samples.at(-1)?.tables.some((table) => table.name === name)).toBe(false);
    const others = tablesOf(samples, (table) => table.netns === netns);
    expect(others).toHaveLength(samples.length);
    expect(others.at(-1)).toMatchObject({ entries: 3, states: { sampled: 3, byState: { ESTABLISHED: 3 }, assured: 3 } });
    expect(others.at(-1)?.states?.services).toEqual([{ service: 'tcp 198.18.0.10:443', entries: 3 }]);
    unnamed.child.kill('SIGKILL');
  });

  it('reads tables by ctnetlink where the kernel does not show them under /proc', async () => {
    const name = `unseen-${process.pid}`;
    execFileSync('ip', ['netns', 'add', name]);
    onTestFinished(() => void execFileSync('ip', ['netns', 'del', name]));
    execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', FILL]);
    const hide = 'mount -t tmpfs none /proc/$$/net && exec "$@"';
    const inside = ['ip', 'netns', 'exec', name, 'unshare', '--mount', 'sh', '-c', hide, 'sh', process.execPath, CLI];
    const { code, stdout, stderr } = await start(['watch', '--json', '--interval', '200ms', '--duration', '1s'], inside).ended;
    expect(code, stderr).toBe(0);
    const samples = samplesOf(stdout);
    expect(samples.flatMap((sample) => violations('watch', sample))).toEqual([]);
    const own = tablesOf(samples, (table) => table.name === 'here');
    expect(own).toHaveLength(samples.length);
    expect(own.at(-1)).toMatchObject({ entries: 3, total: { insert: 3, drop: 0 }, states: null });
    // This machine's own namespace is another one there, and is entered.
    const machine = statSync('/proc/self/ns/net').ino;
    expect(tablesOf(samples, ({ netns }) => netns === machine).length).toBeGreaterThan(0);
  });

  it('serves its last sample to Prometheus, and ends with Ctrl-C', skipFor(missing), async () => {
    const watching = start(['watch', '--listen', '127.0.0.1:0', '--interval', '200ms']);
    let said = '';
    watching.child.stderr?.on('data', (text: string) => {
      said += text;
    });
    await watching.seen(/metrics: http\S+\n/);
    const [url = ''] = /http\S+/.exec(said) ?? [];
    const ask = (path: string, init: RequestInit = {}) => fetch(new URL(path, url), init);
    expect(await until(async () => (await ask('/metrics')).status === 200, 10)).toBe(true);
    const text = await (await ask('/metrics')).text();
    const limit = readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8').trim();
    expect(text).toContain(`\nnode_nf_conntrack_entries_limit ${limit}\n`);
    const { code, says } = check(text, 'promtool', 'check', 'metrics');
    expect([code, says]).toEqual([0, '']);
    const open = await ask('/metrics', { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect((await open.text()).endsWith('# EOF\n')).toBe(true);
    expect((await ask('/')).status).toBe(404);
    expect((await ask('/metrics', { method: 'POST', body: 'x' })).status).toBe(405);
    const second = await ctload('watch', '--listen', new URL(url).host);
    expect(second).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: cannot listen on .*\nhint: .*\n$/) });
    watching.child.kill('SIGINT');
    const ended = await watching.ended;
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/^\d\d:\d\d:\d\d UTC here: [\d,]+\/[\d,]+ entries /);
  });

  it('without root says that there may be more tables than it sees', async () => {
    const { ended } = await ctloadAsNobody('watch --json --no-states --interval 100ms --duration 200ms');
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(samplesOf(stdout).every(({ othersHidden }) => othersHidden)).toBe(true);
    const asRoot = await ctload('watch', '--json', '--no-states', '--interval', '100ms', '--duration', '200ms');
    expect(samplesOf(asRoot.stdout).some(({ othersHidden }) => othersHidden)).toBe(false);
  });

  it('ends when nobody reads it any more', async () => {
    const pipeline = `'${process.execPath}' '${CLI}' watch --interval 200ms | head -1`;
    const { stdout, stderr } = await start([], ['sh', '-c', pipeline]).ended;
    expect([stdout.split('\n').length, stderr]).toEqual([2, '']);
  });

  it('says that the kernel has no conntrack, as far as it can see', async () => {
    const hidden = 'mount -t tmpfs none /proc/sys/net/netfilter && exec "$@"';
    const argv = ['unshare', '--mount', 'sh', '-c', hidden, 'sh', process.execPath, CLI];
    const { code, stdout, stderr } = await start(['watch'], argv).ended;
    expect([code, stdout, stderr]).toEqual([
      112,
      '',
      expect.stringMatching(/^error: nf_conntrack is not available: .*\nhint: .*\n$/),
    ]);
  });

  it('refuses a window without enough samples for a slope', async () => {
    const { code, stderr } = await ctload('watch', '--interval', '5s', '--window', '10s');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: --window 10s has 2 samples of --interval 5s\nhint: .*\n$/),
    ]);
  });
});
