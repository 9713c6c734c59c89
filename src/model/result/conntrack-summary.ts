import type { Capacity } from '../timeline/capacity.ts';
import type { SamplerRecord } from '../timeline/sample.ts';

/** How often the gateway's table was listed by state during the load, and what that did to it. */
export interface ListingSummary {
  /** Number of listings of the whole table. */
  readonly whole: number;
  /** Number of listings of at most 1 % of the table: once entries expire, listing all of it would change the result. */
  readonly sampled: number;
  /** Seconds since the start of the load of the last listing of the whole table; null if there was none. */
  readonly wholeUntilSeconds: number | null;
  /**
   * Seconds since the start of the load of the last listing of any kind, if the table was not listed after it; null if it was
   * listed to the end.
   */
  readonly untilSeconds: number | null;
  /**
   * Expired entries that the kernel freed because a listing met them, at most; otherwise they would have counted until its
   * garbage collector came, up to a minute later.
   */
  readonly reclaimed: number;
}

/** How well a sampler kept its schedule. */
export interface Punctuality extends Pick<SamplerRecord, 'onTimeShare' | 'lateP99Ms' | 'cpuShare'> {
  /**
   * Share of the samples due while the table was full that were taken within one interval; missed samples were not. null if the
   * table was not full.
   */
  readonly inTimeShareWhenFull?: number | null;
}

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
   * How the capacity of the table was obtained: `sysctl` (limits lowered), `ballast` (filled with synthetic entries),
   * `own-kernel` (limits of a kernel that is only the gateway's), `in-force` (left as it was) or `unknown` (the table was not read).
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
  /** Entries that the table took when there were most of them; absent if no action changed that. */
  readonly peakCapacity?: number;
  /** Number of samples of the table. */
  readonly samples: number;
  /** Scheduled interval between two samples, in milliseconds. */
  readonly intervalMs: number;
  /** Listings of the table by state; null if there were none, or if the run did not record what they did. */
  readonly listings?: ListingSummary | null;
  /**
   * Entries of each family in a dual-stack lab, from the listing nearest to the break, else from the largest one; absent in other
   * labs, and if the table was not listed then.
   */
  readonly families?: {
    /** Entries of IPv4 packets, half of those prefilled included. */
    readonly ipv4: number;
    /** Entries of IPv6 packets, the other half included. */
    readonly ipv6: number;
  };
  /**
   * Packets dropped because the table was full. Like all counters here, it counts from the start of the load to its end. The kernel's
   * own counter of that name also has `clashes`.
   */
  readonly drop: number;
  /**
   * Packets that clashed with another one of the same flow at the same moment and were let through (clash_resolve; kernels since 2020).
   * Absent if none did.
   */
  readonly clashResolve?: number;
  /** Packets dropped although the table had room, because another entry had their tuple: part of `insertFailed`. Absent if none were. */
  readonly clashes?: number;
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
  /**
   * Every gateway by itself, in the order of the path, where several are monitored; absent where there is one. The other figures
   * here are then those of the gateway that dropped first, or else was the fullest; `drop`, `earlyDrop` and `insertFailed` are sums.
   */
  readonly gateways?: readonly GatewayTableSummary[];
  /** How well the sampler of the gateway's table kept its schedule; null if there was no sampler. */
  readonly sampler: Punctuality | null;
}

/** What became of the table of one of several gateways. */
export interface GatewayTableSummary {
  /** Name of the gateway. */
  readonly name: string;
  /** Entries available to the load. */
  readonly effectiveMax: number;
  /** Highest number of entries. */
  readonly peakEntries: number;
  /** Entries when the load started. */
  readonly entriesBefore: number;
  /**
   * Entries per connection that the load had started, all its clients together: when the first of the tables dropped a packet, else when
   * the last connections were due. Those from before the load, and entries that were over by then, are not counted. Null if nothing was
   * started, or the table was not sampled.
   */
  readonly entriesPerConnection: number | null;
  /** Packets dropped because this table was full. */
  readonly drop: number;
  /** Entries that the kernel evicted from it (early drop). */
  readonly earlyDrop: number;
  /** When it dropped the first packet, in seconds since the start of the load; null if it never did. */
  readonly firstDropAtSeconds: number | null;
  /** Whether it is the one that dropped first, or one that cannot be told from it (sampling interval, error of the clocks). */
  readonly isFirst: boolean;
  /** Whether the connections of the load appear in it; if not, it tracks none of them: another path, or no tracking there. */
  readonly tracksLoad: boolean;
}
