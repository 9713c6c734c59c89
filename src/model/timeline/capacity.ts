/** How the gateway got its capacity. */
export interface Capacity {
  /**
   * How the capacity was obtained: `sysctl` (limits lowered), `ballast` (table filled with synthetic entries) and `own-kernel`
   * (limits of a kernel that is only the gateway's) are ctload's doing; for a gateway that ctload did not build it is `in-force` (left as it was) or `unknown` (not read).
   */
  readonly method: 'sysctl' | 'ballast' | 'own-kernel' | 'in-force' | 'unknown';
  /** One-sentence reason for the method. */
  readonly why: string;
  /** nf_conntrack_max in force during the run, in entries; like all counts here 0 if the method is `unknown`. */
  readonly max: number;
  /** nf_conntrack_buckets in force during the run. */
  readonly buckets: number;
  /** Synthetic entries that occupy the rest of the table; 0 with a sysctl lease. */
  readonly ballast: number;
  /** Entries available to the test: max − ballast. */
  readonly effectiveMax: number;
  /** Stale entries added before the load; they count as entries. */
  readonly prefilled: number;
  /** How many of those have IPv6 addresses; absent when none. */
  readonly prefilledIpv6?: number;
}

/**
 * Where a table filled with ballast does not treat the entries of a load as a table of that size would. The kernel scans a table
 * of long timeouts less often (gc_worker, nf_conntrack_core.c), so expired entries stay counted longer; and early drop cannot
 * evict ballast, which fills the buckets. Both make a table break sooner, never later.
 */
export interface BallastEffects {
  /** Seconds into the load from which entries expire; null if none expires before the load ends. */
  readonly expiresFromSeconds: number | null;
  /** Shortest time, in seconds, that an entry stays before it expires; null if none expires before the load ends. */
  readonly shortestLifeSeconds: number | null;
  /** Seconds into the load from which there are entries that are not [ASSURED]; null if there are none. */
  readonly evictableFromSeconds: number | null;
}
