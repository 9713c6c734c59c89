import { freemem, release } from 'node:os';
import { count } from '../../model/format.ts';
import { entriesWithin, tableBytes } from '../../model/node/table-memory.ts';
import { parseVersion, type Version } from '../../model/node/version.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Limits } from '../host/limits.ts';

/**
 * Makes sure that a full table of `limits` fits into this machine's available memory: otherwise the kernel would kill processes.
 * @throws {CtloadError} exit 112 when it does not.
 */
export function requireMemory(limits: Limits, availableBytes = freemem(), kernel = ownKernel()): void {
  const bytes = tableBytes(limits, kernel);
  if (bytes <= availableBytes) return;
  throw new CtloadError(
    `a full table of ${count(limits.max)} entries takes ${count(mebibytes(bytes))} MiB of kernel memory; only ${count(mebibytes(availableBytes))} MiB is available`,
    {
      hint: `use --set gateway.conntrack.max=${entriesWithin(availableBytes, kernel)} or less, or a machine with more memory`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

/** The version of this kernel; an unknown one counts as old, whose entries are larger. */
function ownKernel(): Version {
  return parseVersion(release()) ?? { major: 0, minor: 0, patch: null };
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
