import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findImage } from '../../src/lab/docker/base-image.ts';
import { connectEngine } from '../../src/lab/docker/engine.ts';
import { ensureImage } from '../../src/lab/docker/image.ts';
import { until } from '../../src/platform/clock.ts';
import { CLI, ctload, hostLimits, readRecords, start, temporaryFolder } from './support/ctload.ts';
import { asDockerUser, breaksInDocker, engine, noDocker, withEngine } from './support/docker.ts';
import { docker } from './support/engine.ts';
import { killAtRandom, killedInContainers } from './support/kills.ts';
import { nobodysFolder } from './support/nobody.ts';
import { skipFor } from './support/skip.ts';

const SMOKE = 'scenarios/smoke.yaml';

describe('the docker driver', skipFor(noDocker), () => {
  withEngine();
  const limits = hostLimits();

  it('breaks at the size of the table, by sysctl, while another container notices nothing', () => breaksInDocker('sysctl'));

  describe('a user of the docker group who is not root', () => {
    const as = asDockerUser();

    it('repairs the limits with ctload clean when even the guardian was killed', async () => {
      const run = start([
        'run',
        SMOKE,
        '--driver',
        'docker',
        '--set',
        'gateway.conntrack.method=sysctl',
        '--output',
        join(temporaryFolder(), 'run'),
      ]);
      await run.seen(/\bload\b.*\b500\b/);
      docker('kill', docker('ps', '--quiet', '--filter', 'name=guardian'));
      run.child.kill('SIGKILL');
      await run.ended;
      expect(hostLimits()).not.toBe(limits);
      const { code, stderr } = await as(process.execPath, CLI, 'clean').ended;
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/restored nf_conntrack_max/);
      expect(hostLimits()).toBe(limits);
    });
  });

  it.each([
    ['gateway.dataplane=ipvs', 'gateway.dataplane ipvs', 'netns or vm'],
    ['gateway={dataplane: proxy, conntrack: {max: 500}}', 'gateway.dataplane proxy', 'netns or vm'],
  ])('refuses what its labs cannot have: %s: exit 112', async (setting, what, other) => {
    const { code, stderr } = await ctload('run', SMOKE, '--driver', 'docker', '--set', setting);
    expect(code, stderr).toBe(112);
    expect(stderr).toContain(`${what}: not available with the docker driver yet`);
    expect(stderr).toContain(`use --driver ${other}`);
  });

  it('tells a user without the right to use Docker how to get it: exit 112', async () => {
    const command = `${process.execPath} ${CLI} run ${SMOKE} --driver docker --output ${nobodysFolder()}/run`;
    const { code, stderr } = await start(['-c', command], ['su', 'nobody', '-s', '/bin/sh']).ended;
    expect(code).toBe(112);
    expect(stderr).toMatch(/no permission to use Docker[\s\S]*usermod -aG docker/);
  });

  it('SIGKILL at a random moment: nothing is left after ctload clean', async () => {
    await killAtRandom(
      1,
      killedInContainers(() => limits),
    );
  });

  it('an engine that is killed ends the run with an error, the limits come back, and clean does the rest', async ({ skip }) => {
    if (engine?.kill === undefined || engine.restart === undefined) return skip('the engine is not ours');
    const folder = join(temporaryFolder(), 'run');
    const lease = ['--driver', 'docker', '--set', 'gateway.conntrack.method=sysctl', '--set', 'floods.requests.duration=20s'];
    const run = start(['run', SMOKE, ...lease, '--output', folder]);
    await run.seen(/\bload\b.*\b500\b/);
    await engine.kill();
    try {
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(101);
      expect(stderr).toMatch(/teardown incomplete/);
      expect(stderr).not.toMatch(/internal error/);
      expect(readRecords(folder).at(-1)).toMatchObject({ type: 'end', outcome: 'failed' });
      expect(await until(() => hostLimits() === limits, 10)).toBe(true);
      const unreachable = await start(['clean']).ended;
      expect(unreachable.stderr).toMatch(/Docker is not looked at/);
    } finally {
      await engine.restart();
    }
    const cleaned = await start(['clean']).ended;
    expect(cleaned.code, cleaned.stderr).toBe(0);
  });

  it('an unchanged tree needs no new image', async () => {
    const connected = await connectEngine();
    const said: string[] = [];
    const log = { info: (line: string) => said.push(line), warn: () => {} };
    const id = await ensureImage(connected, log, new AbortController().signal);
    expect(said).toEqual([]);
    expect((await findImage(connected, 'ctload/lab'))?.id).toBe(id);
  });
});
