import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { CtloadError } from './errors.ts';
import { searchPath } from './exec.ts';
import { ExitCode } from './exit-codes.ts';

/** Debian/Ubuntu package of every external command ctload uses. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  nft: 'nftables',
  iptables: 'iptables',
  'iptables-restore': 'iptables',
  conntrack: 'conntrack',
  ipvsadm: 'ipvsadm',
  wg: 'wireguard-tools',
  flock: 'util-linux',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  chrt: 'util-linux',
  taskset: 'util-linux',
  perl: 'perl-base',
  nginx: 'nginx-light',
  'qemu-system-x86_64': 'qemu-system-x86',
};

/** Full path of a command on PATH or in the sbin folders; undefined when it is not installed. */
export function findTool(name: string): string | undefined {
  for (const folder of searchPath().split(':')) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {} // not here: continue
  }
  return undefined;
}

/** @throws {CtloadError} exit 112 naming every missing command and the packages to install. */
export function requireTools(names: readonly string[]): void {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((name) => PACKAGE_OF[name] ?? name))].join(' ');
  throw new CtloadError(`missing ${missing.length === 1 ? 'command' : 'commands'}: ${missing.join(', ')}`, {
    hint: `install with: apt-get install ${packages}`,
    exitCode: ExitCode.hostUnfit,
  });
}

/** @throws {CtloadError} exit 112 where processes cannot be looked at: not on Linux, or in a container or chroot without /proc. */
export function requireProcfs(): void {
  if (existsSync('/proc/self/stat')) return;
  throw new CtloadError('this needs Linux, and its /proc is not here', {
    hint: 'run it on a Linux machine or in a guest; plan, validate, report and compare work anywhere',
    exitCode: ExitCode.hostUnfit,
  });
}
