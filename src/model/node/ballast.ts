/**
 * conntrack mark of the synthetic entries that ctload adds to a table (ballast and prefill). Listings exclude them in the kernel
 * (ctnetlink filters dumps by mark), because there may be a million of them.
 */
export const SYNTHETIC_MARK = 0x63746c64; // "ctld"
