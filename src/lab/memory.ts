import { freemem } from 'node:os';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Limits } from './limits.ts';

/** Kernel memory of one entry: nf_conn with its extensions, measured on 6.18; and of one list head. */
const BYTES_PER_ENTRY = 384;
const BYTES_PER_BUCKET = 8;

/**
 * Makes sure that a full table of `limits` fits into the memory this machine has available: the kernel would find it by killing
 * processes.
 * @throws {CtloadError} exit 112 when it does not.
 */
export function requireMemory({ max, buckets }: Limits, availableBytes = freemem()): void {
  const bytes = max * BYTES_PER_ENTRY + buckets * BYTES_PER_BUCKET;
  if (bytes <= availableBytes) return;
  throw new CtloadError(
    `a table of ${max} entries takes ${mebibytes(bytes)} MiB of kernel memory when it is full, and this machine has ${mebibytes(availableBytes)} MiB available`,
    {
      hint: `use --set gateway.conntrack.max=${Math.floor(availableBytes / (BYTES_PER_ENTRY + BYTES_PER_BUCKET))} or less, or a machine with more memory`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
