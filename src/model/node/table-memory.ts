import { isAtLeast, type Version } from './version.ts';

/** One list head of the hash table. */
const BYTES_PER_BUCKET = 8;

/**
 * Bytes the kernel spends on each entry. Measured: nf_conn of 256 B on 6.1, 6.12 and 6.18, 320 B on 5.10, and one extension block
 * of 128 B. Kernels between are taken for 5.10, which errs on the safe side.
 */
function bytesPerEntry(kernel: Version): number {
  return (isAtLeast(kernel, 6, 1) ? 256 : 320) + 128;
}

/** Kernel memory, in bytes, of a conntrack table that holds all the entries it may. */
export function tableBytes({ max, buckets }: { readonly max: number; readonly buckets: number }, kernel: Version): number {
  return max * bytesPerEntry(kernel) + buckets * BYTES_PER_BUCKET;
}

/** The largest table of one bucket an entry that fits into `bytes`. */
export function entriesWithin(bytes: number, kernel: Version): number {
  return Math.floor(bytes / (bytesPerEntry(kernel) + BYTES_PER_BUCKET));
}
