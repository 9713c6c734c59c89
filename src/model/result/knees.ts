export interface Knees {
  /**
   * Utilization from which connect times rise or the kernel evicts entries, whichever comes first; null if neither was observed.
   */
  readonly early: {
    /** Signal that was observed: `latency` for rising connect times, `early-drop` for evictions. */
    readonly signal: 'latency' | 'early-drop';
    /** Utilization at the early sign: entries ÷ capacity. */
    readonly utilization: number;
    /** Interval of that utilization: 95 % of a bootstrap for `latency`, the two samples around it for `early-drop`. */
    readonly interval: readonly [low: number, high: number];
  } | null;
  /** The first sample with a full table; null if it was never full. */
  readonly hard: {
    /** Utilization of that sample: entries ÷ capacity. */
    readonly utilization: number;
    /** Seconds since the start of the load. */
    readonly atSeconds: number;
  } | null;
  /** What clients experienced, by tenths of the capacity; the item from 1 to 1 is the full table. */
  readonly byUtilization: readonly {
    /** Start of the range of utilization (entries ÷ capacity). */
    readonly from: number;
    /** End of the range of utilization. */
    readonly to: number;
    /** Attempts scheduled while the utilization was in this range. */
    readonly attempted: number;
    /** Share of these attempts that failed or were delayed. */
    readonly badShare: number;
    /** Median of the 99th-percentile connect times, in milliseconds; null if no attempt connected. */
    readonly connectingP99Ms: number | null;
  }[];
}
