import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { busybox, cacheFolder, kernelOf, unpackedKernel } from '../../../../src/lab/vm/packages.ts';
import { requireVmSupport } from '../../../../src/lab/vm/status.ts';
import { ExitCode } from '../../../../src/platform/exit-codes.ts';
import { findTool } from '../../../../src/platform/tools.ts';

const log = { info: () => {}, warn: () => {} };
let bin = '';

/** Commands of a machine, on which nothing is in the cache yet. */
function installed(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** As a kernel's package, unpacked. */
function unpacked(release: string): void {
  const root = join(cacheFolder(), `linux-image-${release}`);
  mkdirSync(join(root, 'lib/modules', release), { recursive: true });
  mkdirSync(join(root, 'boot'));
  writeFileSync(join(root, 'boot', `vmlinuz-${release}`), '');
}

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-packages-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(findTool('sh') ?? '', join(bin, 'sh'));
  vi.stubEnv('PATH', bin).stubEnv('XDG_CACHE_HOME', folder).stubEnv('_CTLOAD_OUTSIDE_PID', '1'); // as without root
  onTestFinished(() => void vi.unstubAllEnvs());
});

describe('the kernel of a guest', () => {
  const HINT =
    'on Debian: apt-get update, then try again; elsewhere name a kernel, e.g. --set lab.vm.kernel=/boot/vmlinuz-$(uname -r)';

  it('has to be named where apt does not know Debian’s', async () => {
    await expect(kernelOf({}, log)).rejects.toMatchObject({
      message: "the vm driver needs Debian's package linux-image-cloud-amd64: apt does not know it",
      hint: HINT,
      exitCode: ExitCode.hostUnfit,
    });
  });

  it('or cannot download it', async () => {
    installed('apt-cache', 'echo "  Depends: linux-image-6.9.0-1-cloud-amd64"');
    installed('apt-get', 'echo "E: no network" >&2; exit 100');
    const refused = kernelOf({}, log);
    await expect(refused).rejects.toMatchObject({ hint: HINT, exitCode: ExitCode.hostUnfit });
    await expect(refused).rejects.toThrow(/package linux-image-6\.9\.0-1-cloud-amd64: .*exit code 100.*E: no network$/s);
    expect(unpackedKernel()).toBeUndefined();
  });

  it('is the newest that was unpacked before', async () => {
    unpacked('6.1.0-9-cloud-amd64');
    unpacked('6.1.0-50-cloud-amd64');
    expect(await kernelOf({}, log)).toEqual({
      image: join(cacheFolder(), 'linux-image-6.1.0-50-cloud-amd64/boot/vmlinuz-6.1.0-50-cloud-amd64'),
      modules: join(cacheFolder(), 'linux-image-6.1.0-50-cloud-amd64/lib/modules/6.1.0-50-cloud-amd64'),
    });
  });

  it.each([
    [{ kernel: '/no/vmlinuz-6.9' }, 'lab.vm.kernel: /no/vmlinuz-6.9 does not exist'],
    [{ kernel: '/bin/sh' }, 'lab.vm.modules: is needed for this kernel'],
    [{ kernel: '/bin/sh', modules: '/no/modules' }, 'lab.vm.modules: /no/modules does not exist'],
  ])('is refused by its key: %j', async (vm, message) => {
    await expect(kernelOf(vm, log)).rejects.toMatchObject({
      message,
      hint: 'kernel is a bzImage (/boot/vmlinuz-RELEASE), modules the folder of its modules (/lib/modules/RELEASE)',
      exitCode: ExitCode.hostUnfit,
    });
  });
});

describe('the commands of a guest', () => {
  it('are those of this machine’s busybox where the package is not to be had', async () => {
    await expect(busybox(log)).rejects.toMatchObject({
      message: expect.stringMatching(/^the vm driver needs Debian's package busybox-static: command failed/),
      hint: 'on Debian: apt-get update, then try again; elsewhere install busybox',
      exitCode: ExitCode.hostUnfit,
    });
    installed('busybox', '');
    expect(await busybox(log)).toBe(join(bin, 'busybox'));
  });
});

it('needs QEMU', () => {
  for (const name of ['ip', 'nft', 'conntrack', 'nsenter', 'setpriv']) installed(name, '');
  expect(requireVmSupport).toThrow(
    expect.objectContaining({
      message: 'missing command: qemu-system-x86_64',
      hint: 'install with: apt-get install qemu-system-x86',
      exitCode: ExitCode.hostUnfit,
    }),
  );
});
