import { freemem, release } from 'node:os';
import { count } from '../../model/format.ts';
import { entriesWithin, tableBytes } from '../../model/node/table-memory.ts';
import { parseVersion, type Version } from '../../model/node/version.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Limits } from '../host/limits.ts';

/** What the table of a kernel can have. */
export interface TableMemory {
  readonly availableBytes: number;
  /** An unknown version counts as old, whose entries are larger. */
  readonly kernel: Version | undefined;
  /** How to have more, to follow "or". */
  readonly more: string;
}

const OLD: Version = { major: 0, minor: 0, patch: null };

/** This machine's memory. */
function ownMemory(): TableMemory {
  return { availableBytes: freemem(), kernel: parseVersion(release()), more: 'a machine with more memory' };
}

/**
 * Makes sure that a full table of `limits` fits into the available memory, this machine's by default: otherwise the kernel would
 * kill processes.
 * @throws {CtloadError} exit 112 when it does not.
 */
export function requireMemory(limits: Limits, { availableBytes, kernel = OLD, more }: TableMemory = ownMemory()): void {
  const bytes = tableBytes(limits, kernel);
  if (bytes <= availableBytes) return;
  throw new CtloadError(
    `a full table of ${count(limits.max)} entries takes ${count(mebibytes(bytes))} MiB of kernel memory; only ${count(mebibytes(availableBytes))} MiB is available`,
    {
      hint: `use --set gateway.conntrack.max=${entriesWithin(availableBytes, kernel)} or less, or ${more}`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
