import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CLI, leavesHostAlone, readRecords, readSummary, start, temporaryFolder, unfit } from './support/ctload.ts';
import { interruptHung, standIn } from './support/hangs.ts';
import { killAtRandom, killedInNamespaces } from './support/kills.ts';
import { skipFor } from './support/skip.ts';

const LOAD_SECONDS = 25; // of burst.yaml

describe('how a run ends', skipFor(unfit), () => {
  const limits = leavesHostAlone();

  it('one Ctrl-C stops the load, drains, and still reports: exit 105', async () => {
    const folder = join(temporaryFolder(), 'run');
    const run = start(['run', 'scenarios/burst.yaml', '--output', folder]);
    await run.seen(/\bload\b.*\b4,?096/);
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(105);
    expect(stdout).toContain('burst');
    const records = readRecords(folder);
    const stopped = records.find((record) => record.type === 'event' && record.name === 'interrupted');
    const due = records.flatMap((record) => (record.type === 'load' && record.attempted !== undefined ? record.t : []));
    expect(Math.max(...due)).toBeLessThan(LOAD_SECONDS - 5);
    expect(stopped?.t).toBeLessThan(LOAD_SECONDS);
    expect(records.at(-1)).toMatchObject({ type: 'end', outcome: 'interrupted' });
  });

  it('a second Ctrl-C tears down at once', async () => {
    const run = start(['run', 'scenarios/burst.yaml', '--output', join(temporaryFolder(), 'run')]);
    await run.seen(/\bload\b.*\b4,?096/);
    run.child.kill('SIGINT');
    await sleep(100);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(105);
  });

  it('SIGTERM while the lab is being built leaves nothing: exit 105', async () => {
    const run = start(['run', 'scenarios/smoke.yaml', '--output', join(temporaryFolder(), 'run')]);
    await run.seen(/building the lab/);
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(105);
  });

  it('Ctrl-C ends a run whose tool hangs, and the tool with it: exit 105', async () => {
    const { code, stderr, seconds } = await interruptHung('flock');
    expect(code, stderr).toBe(105);
    expect(seconds).toBeLessThan(10);
  });

  it('a lock that fails is not taken for one that is held: exit 100', async () => {
    const folder = standIn('flock', 'echo no locks available >&2; exit 71');
    const environment = ['env', `PATH=${folder}:${process.env['PATH']}`, process.execPath, CLI];
    const { code, stderr } = await start(
      ['run', 'scenarios/smoke.yaml', '--set', 'gateway.conntrack.method=ballast', '--output', join(temporaryFolder(), 'run')],
      environment,
    ).ended;
    expect(code, stderr).toBe(100);
    expect(stderr).toMatch(/flock failed with exit code 71: no locks available/);
  });

  it('SIGKILL at a random moment: limits back by themselves, the rest by ctload clean', async () => {
    await killAtRandom(1, killedInNamespaces(limits));
  });

  it('a table that drops elsewhere makes the verdict inconclusive and is named', async () => {
    const folder = join(temporaryFolder(), 'run');
    const run = start(['run', 'scenarios/smoke.yaml', '--output', folder, '--set', 'gateway.conntrack.method=sysctl']);
    await run.seen(/lab is up/);
    const client = readdirSync('/run/netns').find((name) => /^ctload-.*-client$/.test(name)) ?? '';
    const rules = 'table inet t { chain c { type filter hook output priority 0; ct state new counter; }; }';
    execFileSync('ip', ['netns', 'exec', client, 'nft', '-f', '-'], { input: rules });
    const { code } = await run.ended;
    const { verdict } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasons.join(' ')).toMatch(/client/);
    expect(code).toBe(111);
  });
});
