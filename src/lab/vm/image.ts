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
import type { VmSpec } from '../../model/input/scenario.ts';
import type { Log } from '../../platform/log.ts';
import { programCommand } from '../../platform/program.ts';
import { type CpioEntry, cpio } from './cpio.ts';
import { guestFiles, hashOf, IN_GUEST } from './guest-files.ts';
import { gatewayModules, type KernelModule } from './modules.ts';
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
 * @throws {CtloadError} exit 112 when the kernel or a command is missing.
 */
export async function guestImage(vm: Pick<VmSpec, 'kernel' | 'modules'>, log: Log): Promise<GuestImage> {
  const { image, modules } = await kernelOf(vm, log);
  const files = await guestFiles(await busybox(log));
  const loaded = await gatewayModules(modules);
  files.set('/bin/sh', { link: 'busybox' });
  for (const { name, bytes } of loaded) files.set(modulePath(name), { bytes });
  files.set('/init', { bytes: Buffer.from(initScript(loaded)), executable: true });
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

/** Runs as the guest's first process, and becomes ctload's. Without udev the port has no name under /dev, nor has stdin. */
function initScript(modules: readonly KernelModule[]): string {
  return `#!/bin/sh
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
ln -s /proc/self/fd/0 /dev/stdin
export PATH=/usr/sbin:/usr/bin:/bin HOME=/
for module in ${modules.map(({ name }) => modulePath(name)).join(' ')}; do insmod "$module"; done
ip link set lo up
ulimit -n 65536
until [ -c /dev/vport0p1 ]; do sleep 0.05; done
exec ${programCommand('guest', [], IN_GUEST).join(' ')} <>/dev/vport0p1 >&0
`;
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
