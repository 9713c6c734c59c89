import { accessSync, constants, writeFileSync } from 'node:fs';
import { CtloadError } from '../../platform/errors.ts';
import { execute } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { readSysctl, sysctlPath } from './sysctls.ts';

/** The two host-wide settings; they apply to every namespace's table (nf_conntrack_core.c). */
export interface Limits {
  readonly max: number;
  readonly buckets: number;
}

export const MAX_SYSCTL = 'net.netfilter.nf_conntrack_max';
export const BUCKETS_SYSCTL = 'net.netfilter.nf_conntrack_buckets';

/** @throws {CtloadError} exit 112 when the kernel has no conntrack. */
export function readLimits(): Limits {
  const max = Number(readSysctl(MAX_SYSCTL));
  const buckets = Number(readSysctl(BUCKETS_SYSCTL));
  if (Number.isFinite(max) && Number.isFinite(buckets)) return { max, buckets };
  throw new CtloadError('nf_conntrack is not available: /proc/sys/net/netfilter/nf_conntrack_max cannot be read', {
    hint: 'load it as root with: modprobe nf_conntrack',
    exitCode: ExitCode.hostUnfit,
  });
}

/** Loads the conntrack module where it is missing and that is permitted; otherwise `readLimits` reports it. */
export async function loadConntrack(): Promise<void> {
  if (readSysctl(MAX_SYSCTL) === undefined) await execute(['modprobe', 'nf_conntrack']).catch(() => {});
}

/** Writes the values that differ. The kernel rounds buckets up to whole pages of list heads (512 with 4 kB pages): read them back. */
export function writeLimits(limits: Limits): void {
  const current = readLimits();
  if (current.buckets !== limits.buckets) writeFileSync(sysctlPath(BUCKETS_SYSCTL), String(limits.buckets));
  if (current.max !== limits.max) writeFileSync(sysctlPath(MAX_SYSCTL), String(limits.max));
}

/** Whether this process can write them: root of the initial namespaces only, elsewhere they are read-only (kernel commit 2671fa4dc010). */
export function mayWriteLimits(): boolean {
  try {
    for (const name of [MAX_SYSCTL, BUCKETS_SYSCTL]) accessSync(sysctlPath(name), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function sameLimits(a: Limits, b: Limits): boolean {
  return a.max === b.max && a.buckets === b.buckets;
}

export function describeLimits(limits: Limits): string {
  return `nf_conntrack_max ${limits.max}, nf_conntrack_buckets ${limits.buckets}`;
}
