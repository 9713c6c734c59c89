/**
 * conntrack mark of the entries ctload itself puts into a table, ballast and prefill: a listing leaves them out in the kernel
 * (ctnetlink filters dumps by mark), for there may be a million of them, and what they are is known.
 */
export const SYNTHETIC_MARK = 0x63746c64; // "ctld"
