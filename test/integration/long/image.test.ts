import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OFFLINE_BASE } from '../../../src/lab/docker/base-image.ts';
import { type Ran, ROOT, start } from '../support/ctload.ts';
import { noDocker, withEngine } from '../support/docker.ts';
import { skipFor } from '../support/skip.ts';

const TAG = 'ctload/release-test';
/** What a container needs for a lab, as ctload itself says. */
const CAPABLE = ['NET_ADMIN', 'SYS_ADMIN'].flatMap((name) => ['--cap-add', name]);
const OPEN = ['systempaths', 'apparmor'].flatMap((name) => ['--security-opt', `${name}=unconfined`]);

describe('the image of a release', skipFor(noDocker), () => {
  withEngine();
  let folder: string | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctload-image-'));
    execFileSync('sh', [join(ROOT, '.ci/image'), folder], { stdio: 'ignore' });
    const build = ['build', '--network', 'none', '--build-arg', `BASE_IMAGE=${OFFLINE_BASE}`, '--tag', TAG, folder];
    execFileSync('docker', build, { env: { ...process.env, DOCKER_BUILDKIT: '0' }, stdio: ['ignore', 'ignore', 'pipe'] });
  }, 300_000);
  afterAll(() => folder !== undefined && rmSync(folder, { recursive: true, force: true }));

  const inImage = (flags: readonly string[], ...args: readonly string[]): Promise<Ran> =>
    start(args, ['docker', 'run', '--rm', '--network', 'none', ...flags, TAG]).ended;

  it('is ctload, by its name, with the shipped scenarios', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect((await inImage([], '--version')).stdout).toBe(`${version}\n`);
    const { code, stdout } = await inImage([], 'validate', 'burst');
    expect([code, stdout]).toEqual([0, 'ok burst\n']);
    expect((await inImage([], 'plan', '--instance-type', 'm5.large')).stdout).toMatch(/nf_conntrack_max/);
  });

  it('runs a lab where the container may make namespaces', async () => {
    const { code, stdout, stderr } = await inImage([...CAPABLE, ...OPEN], 'run', 'smoke', '--output', '/tmp/run', '--json');
    expect([0, 111], stderr).toContain(code);
    expect(JSON.parse(stdout).verdict).toMatchObject({ kind: 'broke', cause: 'conntrack-full' });
  });
});
