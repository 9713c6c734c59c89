/** One entry: nf_conn and its extensions, measured on kernel 6.18. */
const BYTES_PER_ENTRY = 384;
/** One list head of the hash table. */
const BYTES_PER_BUCKET = 8;

/** Kernel memory, in bytes, of a conntrack table that holds all the entries it may. */
export function tableBytes({ max, buckets }: { readonly max: number; readonly buckets: number }): number {
  return max * BYTES_PER_ENTRY + buckets * BYTES_PER_BUCKET;
}

/** The largest table of one bucket an entry that fits into `bytes`. */
export function entriesWithin(bytes: number): number {
  return Math.floor(bytes / (BYTES_PER_ENTRY + BYTES_PER_BUCKET));
}
