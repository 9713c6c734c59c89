import { existsSync, readFileSync } from 'node:fs';
import { CtloadError } from './errors.ts';
import { ExitCode } from './exit-codes.ts';

const LIMITS = '/proc/self/limits';

/**
 * Descriptors a process of ours may have: the hard limit, to which Node raises the soft one when it starts. Infinity when there
 * is none, or none that can be read: not on Linux.
 */
export function descriptorLimit(): number {
  if (!existsSync(LIMITS)) return Number.POSITIVE_INFINITY;
  const [, hard] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync(LIMITS, 'utf8')) ?? [];
  return hard === undefined ? Number.POSITIVE_INFINITY : Number(hard);
}

/** Descriptors that any command needs. With fewer, Node may end with a stack while it loads modules. */
const LEAST_DESCRIPTORS = 256;

/** @throws {CtloadError} exit 112 when a process may have fewer descriptors than `least`. */
export function requireDescriptors(least = LEAST_DESCRIPTORS, limit = descriptorLimit()): void {
  if (limit >= least) return;
  throw new CtloadError(`a process may open ${limit} files here, and ctload needs ${least} at least`, {
    hint: `raise the hard limit: ulimit -Hn ${Math.max(least, 4096)} as root, LimitNOFILE= of a systemd unit, --ulimit nofile= of a container`,
    exitCode: ExitCode.hostUnfit,
  });
}
