import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ProxyProgramName } from '../../model/input/proxy.ts';
import { GUEST_DESCRIPTORS, type VmSpec } from '../../model/input/vm.ts';
import type { Log } from '../../platform/log.ts';
import { programCommand } from '../../platform/program.ts';
import { type CpioEntry, cpio } from './cpio.ts';
import { guestFiles, hashOf, IN_GUEST } from './guest-files.ts';
import { type GuestModules, guestModules, type KernelModule } from './modules.ts';
import { busybox, cacheFolder, kernelOf } from './packages.ts';

/** What a guest boots from. */
export interface GuestImage {
  readonly kernel: string;
  readonly initramfs: string;
}

/** Milliseconds after which no guest is about to boot from a file any more. */
const UNUSED_MS = 3_600_000;
/** Characters of the content hash in a file's name. */
const HASH = 16;

/**
 * The kernel, and the file system that it unpacks into memory: made once for each content, then kept.
 * @param proxy the program that is the gateway's proxy, if one is
 * @throws {CtloadError} exit 112 when the kernel or a command is missing.
 */
export async function guestImage(
  vm: Pick<VmSpec, 'kernel' | 'modules'>,
  log: Log,
  proxy?: ProxyProgramName,
): Promise<GuestImage> {
  const { image, modules } = await kernelOf(vm, log);
  const files = await guestFiles(await busybox(log), proxy);
  const loadable = await guestModules(modules);
  files.set('/bin/sh', { link: 'busybox' });
  for (const { name, bytes } of [loadable.always, ...loadable.onDemand.values()].flat()) files.set(modulePath(name), { bytes });
  files.set('/init', { bytes: Buffer.from(initScript(loadable.always)), executable: true });
  files.set('/usr/sbin/modprobe', { bytes: Buffer.from(modprobeScript(loadable.onDemand)), executable: true });
  const file = join(cacheFolder(), `initramfs-${hashOf(files).slice(0, HASH)}.cpio`);
  if (!existsSync(file)) {
    log.info('building the file system of the guest (once)');
    write(file, files);
    removeOthers();
  }
  const now = new Date();
  utimesSync(file, now, now); // in use
  return { kernel: image, initramfs: file };
}

function modulePath(name: string): string {
  return `/modules/${name}.ko`;
}

/** Runs as the guest's first process, and becomes ctload's. Proxies write to the folders below /var. Without udev the port has no name under /dev, nor has stdin. */
function initScript(modules: readonly KernelModule[]): string {
  return `#!/bin/sh
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /bin /var/log /var/lib/nginx
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
ln -s /proc/self/fd/0 /dev/stdin
export PATH=/usr/sbin:/usr/bin:/bin HOME=/
${insert(modules)}
ip link set lo up
ulimit -n ${GUEST_DESCRIPTORS}
until [ -c /dev/vport0p1 ]; do sleep 0.05; done
exec ${programCommand('guest', [], IN_GUEST).join(' ')} <>/dev/vport0p1 >&0
`;
}

/** `modprobe NAME` of a module that only some gateways need; one that is loaded is no error, nor one that may be built in. */
function modprobeScript(onDemand: GuestModules['onDemand']): string {
  const cases = [...onDemand].map(([name, modules]) => `${name}) ${insert(modules)} 2>/dev/null;;`);
  return `#!/bin/sh
case $1 in
${cases.join('\n')}
esac
`;
}

function insert(modules: readonly KernelModule[]): string {
  return `for module in ${modules.map(({ name }) => modulePath(name)).join(' ')}; do insmod "$module"; done`;
}

function write(file: string, files: ReadonlyMap<string, CpioEntry>): void {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const work = `${file}.${process.pid}`;
  const fd = openSync(work, 'w');
  try {
    for (const piece of cpio(files)) writeSync(fd, piece);
  } finally {
    closeSync(fd);
  }
  renameSync(work, file);
}

/** Removes what has not been used for an hour: each has the size of Node.js. */
function removeOthers(): void {
  const folder = cacheFolder();
  for (const name of readdirSync(folder).filter((file) => /^initramfs-.*\.cpio$/.test(file))) {
    const path = join(folder, name);
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - used > UNUSED_MS) rmSync(path, { force: true });
  }
}
