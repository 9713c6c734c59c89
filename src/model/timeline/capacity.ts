/** How the gateway got its capacity. */
export interface Capacity {
  /** `sysctl` and `ballast` are ctload's own doing; of another's gateway it is what was in force there, or unknown. */
  readonly method: 'sysctl' | 'ballast' | 'in-force' | 'unknown';
  /** Why this method, one sentence. */
  readonly why: string;
  /** nf_conntrack_max in force during the run; like all counts here 0 when the method is `unknown`. */
  readonly max: number;
  /** nf_conntrack_buckets in force during the run. */
  readonly buckets: number;
  /** Synthetic entries that take up the rest of the table; 0 with a sysctl lease. */
  readonly ballast: number;
  /** Entries the test may use: max − ballast. */
  readonly effectiveMax: number;
  /** Stale entries put in before the load; they count as entries. */
  readonly prefilled: number;
}
