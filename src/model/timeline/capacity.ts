/** How the gateway got its capacity. */
export interface Capacity {
  /**
   * How the capacity was obtained: `sysctl` (limits lowered) and `ballast` (table filled with synthetic entries) are ctload's
   * doing; for a gateway that ctload did not build it is `in-force` (left as it was) or `unknown` (not read).
   */
  readonly method: 'sysctl' | 'ballast' | 'in-force' | 'unknown';
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
}
