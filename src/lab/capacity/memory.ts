import { freemem, release } from 'node:os';
import { entriesWithin, tableBytes } from '../../model/node/table-memory.ts';
import { parseVersion, type Version } from '../../model/node/version.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Limits } from '../host/limits.ts';

/**
 * Makes sure that a full table of `limits` fits into the memory this machine has available: the kernel would find it by killing
 * processes.
 * @throws {CtloadError} exit 112 when it does not.
 */
export function requireMemory(limits: Limits, availableBytes = freemem(), kernel = ownKernel()): void {
  const bytes = tableBytes(limits, kernel);
  if (bytes <= availableBytes) return;
  throw new CtloadError(
    `a table of ${limits.max} entries takes ${mebibytes(bytes)} MiB of kernel memory when it is full, and this machine has ${mebibytes(availableBytes)} MiB available`,
    {
      hint: `use --set gateway.conntrack.max=${entriesWithin(availableBytes, kernel)} or less, or a machine with more memory`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

/** One that cannot be told counts as an old one, whose entries are larger. */
function ownKernel(): Version {
  return parseVersion(release()) ?? { major: 0, minor: 0, patch: null };
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
