import { isAtLeast, type Version } from './version.ts';

/** Size of one list head of the hash table. */
const BYTES_PER_BUCKET = 8;

/**
 * Kernel memory per entry, bytes. Measured: nf_conn of 256 B on 6.1, 6.12 and 6.18, of 320 B on 5.10, and one extension block of
 * 128 B. Kernels in between count as 5.10, which errs on the safe side.
 */
function bytesPerEntry(kernel: Version): number {
  return (isAtLeast(kernel, 6, 1) ? 256 : 320) + 128;
}

/** Kernel memory of a full conntrack table, bytes. */
export function tableBytes({ max, buckets }: { readonly max: number; readonly buckets: number }, kernel: Version): number {
  return max * bytesPerEntry(kernel) + buckets * BYTES_PER_BUCKET;
}

/** Number of entries of the largest table, with one bucket per entry, that fits into `bytes`. */
export function entriesWithin(bytes: number, kernel: Version): number {
  return Math.floor(bytes / (bytesPerEntry(kernel) + BYTES_PER_BUCKET));
}
