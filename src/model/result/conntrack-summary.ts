import type { Capacity } from '../timeline/capacity.ts';
import type { SamplerRecord } from '../timeline/sample.ts';

export interface ConntrackSummary {
  /**
   * nf_conntrack_max in force, in entries; 0 if `method` is `unknown`, like all figures of a table that was not read (`samples`
   * 0).
   */
  readonly max: number;
  /** nf_conntrack_buckets in force. */
  readonly buckets: number;
  /** Entries available to the test: max − ballast. */
  readonly effectiveMax: number;
  /**
   * How the capacity of the table was obtained: `sysctl` (limits lowered), `ballast` (filled with synthetic entries), `in-force`
   * (left as it was) or `unknown` (the table was not read).
   */
  readonly method: Capacity['method'];
  /** One-sentence reason for the method. */
  readonly methodReason: string;
  /** Synthetic entries that occupied the rest of the table; 0 with a sysctl lease. */
  readonly ballast: number;
  /** Stale entries added before the load; they count as entries. */
  readonly prefilled: number;
  /** Highest number of entries in the table, ballast excluded. */
  readonly peakEntries: number;
  /** Number of samples of the table. */
  readonly samples: number;
  /** Scheduled interval between two samples, in milliseconds. */
  readonly intervalMs: number;
  /** Packets dropped because the table was full. Like all counters here, it counts from the start of the load to its end. */
  readonly drop: number;
  /** Entries that the kernel evicted to make room for a new one (early drop). */
  readonly earlyDrop: number;
  /** Entries that could not be inserted. */
  readonly insertFailed: number;
  /** Lines "table full" in the kernel log, which the kernel limits to 10 per 5 s. */
  readonly tableFullLogLines: number;
  /**
   * Predicted share of the SYNs reaching a full table that the kernel drops: exp(−16·u·N/B), where u, the share of entries that
   * early drop may evict, is measured at the break.
   */
  readonly predictedDropShareWhenFull: number;
  /**
   * Measured share of the SYNs reaching a full table that the kernel dropped; the others evicted an entry. null if the table was
   * never full.
   */
  readonly measuredDropShareWhenFull: number | null;
  /** Drops in the other conntrack tables on the path, which must be 0; tables that were not read are absent. */
  readonly otherTables: Readonly<
    Partial<
      Record<
        'client' | 'backend' | 'host',
        {
          /** Packets dropped by this table. */
          readonly drop: number;
          /** Highest number of entries in this table. */
          readonly peakEntries: number;
        }
      >
    >
  >;
  /** How well the sampler of the gateway's table kept its schedule; null if there was no sampler. */
  readonly sampler: Pick<SamplerRecord, 'onTimeShare' | 'lateP99Ms' | 'cpuShare'> | null;
}
