import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../../src/platform/clock.ts';
import { CLI, hostLimits, type Running, readSummary, start, temporaryFolder } from '../support/ctload.ts';
import { engine, noDocker, withEngine } from '../support/docker.ts';
import { docker, dockerLeftovers } from '../support/engine.ts';
import { skipFor } from '../support/skip.ts';

/**
 * A machine of another name and boot id, for ctload alone: it takes the engine's for another, and goes there. What it does there is
 * what it does on a real one.
 */
function elsewhere(args: readonly string[]): Running {
  const bootId = join(temporaryFolder(), 'boot_id');
  writeFileSync(bootId, '00000000-1111-2222-3333-444444444444\n');
  const script = `hostname elsewhere; mount --bind ${bootId} /proc/sys/kernel/random/boot_id; exec "$@"`;
  return start(args, ['unshare', '--uts', '--mount', 'sh', '-c', script, 'sh', process.execPath, CLI]);
}

const smoke = (folder: string) => ['run', 'scenarios/smoke.yaml', '--driver', 'docker', '--output', folder];
/** Takes the limits of that machine, and goes on for a minute. */
const lasting = (folder: string) => [
  ...smoke(folder),
  ...['--set', 'gateway.conntrack.method=sysctl', '--set', 'floods.requests.duration=60s'],
];

describe('an engine on a machine with another kernel', skipFor(noDocker), () => {
  withEngine();

  it('ctload runs there, and brings report, exit code and results back', async () => {
    const folder = join(temporaryFolder(), 'run');
    const junit = join(temporaryFolder(), 'junit.xml');
    const { code, stdout, stderr } = await elsewhere([...smoke(folder), '--junit-file', junit]).ended;
    expect(code, stderr + stdout).toBe(0);
    expect(stderr).toMatch(/has a kernel of its own \([^)]+\): ctload runs there/);
    expect(stdout).toMatch(/BROKE/);
    const { verdict, conntrack, accounting } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(conntrack).toMatchObject({ method: 'sysctl', effectiveMax: 500 });
    expect(accounting.share).toBe(1);
    expect(existsSync(join(folder, 'report.html'))).toBe(true);
    const suites = readFileSync(junit, 'utf8');
    expect(suites).toMatch(/<testsuite /);
    expect(suites).not.toMatch(/unfinished/);
  });

  it('a mistake in the scenario is reported without the engine', async () => {
    const { code, stderr } = await elsewhere([...smoke(join(temporaryFolder(), 'run')), '--set', 'gateway.conntrack.max=many'])
      .ended;
    expect(code).toBe(104);
    expect(stderr).not.toMatch(/runs there/);
  });

  it('Ctrl-C ends the run there: exit 105, with its results', async () => {
    const folder = join(temporaryFolder(), 'run');
    const run = elsewhere([...smoke(folder), '--set', 'floods.requests.duration=60s']);
    await run.seen(/\bload: /);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(105);
    expect(readSummary(folder).run.id).toBeTruthy();
  });

  it('Ctrl-C before that leaves nothing: exit 105', async () => {
    const run = elsewhere(smoke(join(temporaryFolder(), 'run')));
    await run.seen(/ctload runs there/);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(105);
  });

  it('an engine that dies ends it: exit 101, and the limits are restored', async ({ skip }) => {
    if (engine?.kill === undefined || engine.restart === undefined) return skip('the engine is not ours');
    const before = hostLimits();
    const run = elsewhere(lasting(join(temporaryFolder(), 'run')));
    await run.seen(/\bload: /);
    await engine.kill();
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(101);
    expect(stderr).toMatch(/lost ctload on the engine's machine: .*\n.*ctload clean/);
    expect(await until(() => hostLimits() === before, 90, 0.2)).toBe(true);
    await engine.restart();
    const { code: cleaned, stderr: said } = await elsewhere(['clean']).ended;
    expect(cleaned, said).toBe(0);
  });

  it('killed, it leaves a run that ends by itself, and a container that clean removes', async () => {
    const before = hostLimits();
    const run = elsewhere(lasting(join(temporaryFolder(), 'run')));
    await run.seen(/\bload: /);
    expect(hostLimits()).not.toBe(before);
    run.child.kill('SIGKILL');
    await run.ended;
    expect(await until(() => hostLimits() === before, 30, 0.2), docker('ps', '-a')).toBe(true);
    expect(await until(() => docker('ps', '-q', '--filter', 'label=ctload.run') === '', 30, 0.2)).toBe(true);
    expect(dockerLeftovers()).not.toEqual([]);
    const { code, stderr } = await elsewhere(['clean']).ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/removed container ctload-there-/);
  });
});
