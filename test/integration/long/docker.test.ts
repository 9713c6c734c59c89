import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CLI,
  ctload,
  expectBalanced,
  expectNothingLeft,
  hostLimits,
  listings,
  type Ran,
  ROOT,
  readSummary,
  runScenario,
  start,
  temporaryFolder,
} from '../support/ctload.ts';
import { asDockerUser, breaksInDocker, engine, networkInterfaces, noDocker, withEngine } from '../support/docker.ts';
import { dockerLeftovers } from '../support/engine.ts';
import { nobodysFolder } from '../support/nobody.ts';
import { skipFor } from '../support/skip.ts';

const SMOKE = 'scenarios/smoke.yaml';

describe('the docker driver', skipFor(noDocker), () => {
  withEngine();

  it('breaks at the size of the table, by ballast, while another container notices nothing', () => breaksInDocker('ballast'));

  it.each(['ipv6', 'dual'] as const)('breaks over the addresses of %s, every drop accounted for', async (family) => {
    const settings = [`lab.family=${family}`, 'gateway.conntrack.method=sysctl'].flatMap((one) => ['--set', one]);
    const { summary, folder } = await runScenario('smoke.yaml', ['--driver', 'docker', ...settings]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(Math.abs((summary.breakingPoint?.entries ?? 0) - summary.conntrack.effectiveMax)).toBeLessThanOrEqual(3);
    expectBalanced(summary);
    for (const { states, ipv6 = 0 } of listings(folder)) {
      const all = Object.values(states).reduce((a, b) => a + b, 0);
      expect(Math.abs(ipv6 - (family === 'dual' ? all / 2 : all))).toBeLessThanOrEqual(family === 'dual' ? 0.1 * all + 2 : 0);
    }
  });

  it('loses datagrams at the gateway only', async () => {
    const { summary } = await runScenario('dns.yaml', ['--driver', 'docker', '--set', 'floods.lookups.duration=4s']);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid', cause: 'conntrack-full' });
    expect(summary.accounting).toMatchObject({ share: 1, datagramsLost: summary.conntrack.drop });
  });

  it("without the NOTRACK rules the machine's own table is the one that fills, and the verdict says so", async () => {
    const folder = join(temporaryFolder(), 'run');
    const run = start([
      'run',
      'scenarios/smoke.yaml',
      '--driver',
      'docker',
      '--output',
      folder,
      '--set',
      'gateway.conntrack.method=sysctl',
      '--set',
      'floods.requests.responseTimeout=1s', // answers are lost, too
      '--set',
      'floods.requests.duration=8s', // enough of it is left to fill the other table
    ]);
    await run.seen(/\bload\b.*\b500\b/);
    execFileSync('nft', ['delete', 'table', 'inet', ownTable()]);
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(111);
    const { verdict } = readSummary(folder);
    expect(verdict).toMatchObject({ kind: 'inconclusive', validity: 'inconclusive' });
    expect(verdict.reasons.join(' ')).toMatch(/this machine's own table dropped/);
  });

  it("counts what a rule of the user's drops, apart from the table", async () => {
    const rule = ['--set', 'gateway.rules={nftables: rules/rate-limit.nft}', '--set', 'gateway.conntrack.max=5000'];
    const { summary } = await runScenario('smoke.yaml', ['--driver', 'docker', ...rule]);
    expect(summary.verdict).toMatchObject({ kind: 'held', validity: 'valid', cause: 'dropped-by-rule' });
    const { ruleDropped, synRetransmissions, abandoned } = summary.accounting;
    expect(ruleDropped).toBe(synRetransmissions + abandoned);
  });

  it('carries out an action on its limit, and restores the limit of before', async () => {
    const action = ['--set', 'actions=[{at: 2s, max: 900}]', '--set', 'gateway.conntrack.method=sysctl'];
    const { summary } = await runScenario('smoke.yaml', ['--driver', 'docker', ...action]);
    expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
    expect(summary.actions).toMatchObject([{ max: 900 }]);
    expect(summary.accounting.share).toBe(1);
    expect(summary.recovery?.lastSecondsAsBefore).toBeGreaterThan(0.5);
  });

  // --privileged would do as well, but an engine that lacks capabilities itself cannot give it.
  const CAPABLE = ['--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_ADMIN'];
  const REMEDY = /--privileged \(GitLab runner: privileged = true\).*--cap-add NET_ADMIN.*--security-opt systempaths=unconfined/;

  it.each([
    ['root of a plain container', [], /\/proc\/sys is read-only here, and this root lacks CAP_NET_ADMIN and CAP_SYS_ADMIN: /],
    ['a container with the two capabilities', CAPABLE, /\/proc\/sys is read-only here: /],
  ])('%s is told what it lacks, by doctor and by run: exit 112', async (_, flags, lacks) => {
    for (const command of [['doctor'], ['run', SMOKE, '--output', '/tmp/run']]) {
      const { code, stdout, stderr } = await inContainer(flags, command);
      const said = stdout + stderr;
      expect(code, said).toBe(112);
      expect(said).toMatch(lacks);
      expect(said).toMatch(REMEDY);
      expect(said).not.toMatch(/internal error|Read-only file system|\n {4}at /);
    }
  });

  it('a container with what that asks for runs a lab', async () => {
    const flags = [...CAPABLE, '--security-opt', 'systempaths=unconfined', '--security-opt', 'apparmor=unconfined'];
    const doctor = await inContainer(flags, ['doctor']);
    expect(doctor.code, doctor.stdout).toBe(0);
    const { code, stdout, stderr } = await inContainer(flags, ['run', SMOKE, '--output', '/tmp/run', '--json']);
    expect([0, 111], stderr).toContain(code);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: { kind: 'broke', cause: 'conntrack-full' },
      conntrack: { method: 'ballast' },
    });
  });

  describe('the engine and ctload, killed together in mid-run', () => {
    const leaves = (what: string, cleaning: () => Promise<void>) =>
      it(`leave nothing after ${what}`, async ({ skip }) => {
        if (engine?.kill === undefined || engine.restart === undefined) return skip('the engine is not ours');
        const [limits, interfaces] = [hostLimits(), networkInterfaces()];
        const lease = ['--driver', 'docker', '--set', 'gateway.conntrack.method=sysctl', '--set', 'floods.requests.duration=20s'];
        const run = start(['run', SMOKE, ...lease, '--output', join(temporaryFolder(), 'run')]);
        await run.seen(/\bload\b.*\b500\b/);
        expect(hostLimits()).not.toBe(limits);
        const killed = engine.kill();
        run.child.kill('SIGKILL');
        await Promise.all([killed, run.ended]);
        await engine.restart();
        await cleaning();
        expect(hostLimits()).toBe(limits);
        expect(dockerLeftovers()).toEqual([]);
        expect(networkInterfaces()).toEqual(interfaces);
        await expectNothingLeft();
      });

    leaves('ctload clean', async () => {
      const { code, stderr } = await ctload('clean');
      expect(code, stderr).toBe(0);
    });

    // By ballast, if the load of the killed run is now in this machine's own table: its rules ended with it.
    leaves('the next run', async () => {
      await runScenario('smoke.yaml', ['--driver', 'docker', '--set', 'floods.requests.duration=1s'], [0, 111]);
    });
  });

  describe('a user of the docker group who is not root', () => {
    const as = asDockerUser();

    it('runs the lab, lease and all', async () => {
      const folder = nobodysFolder();
      const { code, stderr } = await as(
        process.execPath,
        CLI,
        'run',
        SMOKE,
        '--driver docker --set gateway.conntrack.method=sysctl --output',
        `${folder}/run`,
      ).ended;
      expect(code, stderr).toBe(0);
      const summary = readSummary(join(folder, 'run'));
      expect(summary.conntrack.method).toBe('sysctl');
      expect(summary.verdict).toMatchObject({ kind: 'broke', validity: 'valid' });
      expectBalanced(summary);
    });
  });
});

/** Runs `ctload …command` as root of a container, from this clone. */
function inContainer(flags: readonly string[], command: readonly string[]): Promise<Ran> {
  const docker = ['docker', 'run', '--rm', '--network', 'none', '--volume', `${ROOT}:${ROOT}:ro`, '--workdir', ROOT];
  return start(command, [...docker, ...flags, 'ctload/lab', 'node', CLI]).ended;
}

/** The nftables table of the run that is on. */
function ownTable(): string {
  const tables = execFileSync('nft', ['list', 'tables', 'inet'], { encoding: 'utf8' });
  return /ctload-\w+/.exec(tables)?.[0] ?? '';
}
