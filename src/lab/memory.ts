import { freemem } from 'node:os';
import { entriesWithin, tableBytes } from '../model/table-memory.ts';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Limits } from './limits.ts';

/**
 * Makes sure that a full table of `limits` fits into the memory this machine has available: the kernel would find it by killing
 * processes.
 * @throws {CtloadError} exit 112 when it does not.
 */
export function requireMemory(limits: Limits, availableBytes = freemem()): void {
  const bytes = tableBytes(limits);
  if (bytes <= availableBytes) return;
  throw new CtloadError(
    `a table of ${limits.max} entries takes ${mebibytes(bytes)} MiB of kernel memory when it is full, and this machine has ${mebibytes(availableBytes)} MiB available`,
    {
      hint: `use --set gateway.conntrack.max=${entriesWithin(availableBytes)} or less, or a machine with more memory`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
