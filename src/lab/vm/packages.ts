import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { VmSpec } from '../../model/input/vm.ts';
import { CtloadError, messageOf } from '../../platform/errors.ts';
import { execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { findTool } from '../../platform/tools.ts';
import { isRootless } from '../netns/rootless.ts';

/** Where kernels and file systems of guests are kept between runs. */
export function cacheFolder(): string {
  if (process.getuid?.() === 0 && !isRootless()) return '/var/cache/ctload/vm';
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ctload/vm');
}

/** A kernel to boot, and the folder of its modules. */
export interface GuestKernel {
  readonly image: string;
  readonly modules: string;
}

/** The kernel that the scenario names, else Debian's. @throws {CtloadError} exit 112 when there is none. */
export async function kernelOf({ kernel, modules }: Pick<VmSpec, 'kernel' | 'modules'>, log: Log): Promise<GuestKernel> {
  if (kernel === undefined) return debianKernel(log);
  const release = /vmlinuz-(.+)$/.exec(kernel)?.[1];
  const folder = modules ?? (release === undefined ? undefined : `/lib/modules/${release}`);
  for (const [key, path] of [
    ['kernel', kernel],
    ['modules', folder],
  ] as const) {
    if (path !== undefined && existsSync(path)) continue;
    throw new CtloadError(`lab.vm.${key}: ${path === undefined ? 'is needed for this kernel' : `${path} does not exist`}`, {
      hint: 'kernel is a bzImage (/boot/vmlinuz-RELEASE), modules the folder of its modules (/lib/modules/RELEASE)',
      exitCode: ExitCode.hostUnfit,
    });
  }
  return { image: kernel, modules: folder ?? '' };
}

/** The metapackage of the default kernel, whose dependency is the kernel. */
const KERNEL_PACKAGE = 'linux-image-cloud-amd64';
const KERNEL_INSTEAD = 'name a kernel, e.g. --set lab.vm.kernel=/boot/vmlinuz-$(uname -r)';
const BUSYBOX_PACKAGE = 'busybox-static';
const BUSYBOX_INSTEAD = 'install busybox';

/**
 * Debian's kernel for virtual machines: the one that was unpacked before, else the newest that apt knows, downloaded but not
 * installed.
 * @throws {CtloadError} exit 112 naming lab.vm.kernel where there is no such package.
 */
async function debianKernel(log: Log): Promise<GuestKernel> {
  const found = unpackedKernel();
  if (found !== undefined) return found;
  const name = await defaultKernel();
  if (name === undefined) throw noPackage(KERNEL_PACKAGE, KERNEL_INSTEAD, 'apt does not know it');
  await unpack(name, KERNEL_INSTEAD, log);
  const kernel = unpackedKernel();
  if (kernel === undefined) throw noPackage(name, KERNEL_INSTEAD, 'it contains no kernel');
  return kernel;
}

/** The package of the default kernel, whose name has its version; undefined where apt does not know it. */
async function defaultKernel(): Promise<string | undefined> {
  const depends = await execute(['apt-cache', 'depends', KERNEL_PACKAGE]).catch(() => '');
  return /Depends: (linux-image-\S+)/.exec(depends)?.[1];
}

export async function defaultKernelKnown(): Promise<boolean> {
  return (await defaultKernel()) !== undefined;
}

/** The kernel in the cache; of several the one of the highest version. */
export function unpackedKernel(): GuestKernel | undefined {
  const packages = foldersIn(cacheFolder()).filter((name) => name.startsWith('linux-image-'));
  const newest = packages.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  for (const name of newest) {
    const root = join(cacheFolder(), name);
    const release = foldersIn(join(root, 'boot'))
      .find((file) => file.startsWith('vmlinuz-'))
      ?.slice('vmlinuz-'.length);
    if (release === undefined) continue;
    const modules = [join(root, 'lib/modules', release), join(root, 'usr/lib/modules', release)].find((path) => existsSync(path));
    if (modules !== undefined) return { image: join(root, 'boot', `vmlinuz-${release}`), modules };
  }
  return undefined;
}

/**
 * A busybox: the statically linked one of Debian's package, downloaded but not installed, else that of this machine.
 * @throws {CtloadError} exit 112 where there is neither.
 */
export async function busybox(log: Log): Promise<string> {
  const paths = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(cacheFolder(), BUSYBOX_PACKAGE, path));
  const unpacked = () => paths.find((path) => existsSync(path));
  const cached = unpacked();
  if (cached !== undefined) return cached;
  try {
    await unpack(BUSYBOX_PACKAGE, BUSYBOX_INSTEAD, log);
  } catch (error) {
    const installed = findTool('busybox');
    if (installed === undefined) throw error;
    return installed;
  }
  const path = unpacked();
  if (path === undefined) throw noPackage(BUSYBOX_PACKAGE, BUSYBOX_INSTEAD, 'it contains no busybox');
  return path;
}

/** Unpacks a package into the cache, in a folder of its name, or not at all. */
async function unpack(name: string, instead: string, log: Log): Promise<void> {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const work = mkdtempSync(join(folder, '.new-'));
  try {
    log.info(`downloading Debian's package ${name} for the guest (once; it is not installed)`);
    await execute([
      'sh',
      '-c',
      'cd "$1" && apt-get -q -o APT::Sandbox::User=root download "$2" && dpkg-deb -x ./*.deb root',
      'sh',
      work,
      name,
    ]);
    rmSync(join(folder, name), { recursive: true, force: true });
    renameSync(join(work, 'root'), join(folder, name));
  } catch (cause) {
    throw noPackage(name, instead, messageOf(cause), cause);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param instead what helps where there is no such package */
function noPackage(name: string, instead: string, why: string, cause?: unknown): CtloadError {
  return new CtloadError(`the vm driver needs Debian's package ${name}: ${why}`, {
    hint: `on Debian: apt-get update, then try again; elsewhere ${instead}`,
    exitCode: ExitCode.hostUnfit,
    cause,
  });
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
