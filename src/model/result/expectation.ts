/** What a run should show, computed from its resolved scenario and the table it got. */
export interface Expectation {
  readonly loadSeconds: number;
  /** Seconds since the start of the load at which the table is full; null if it should not fill. */
  readonly fullAtSeconds: number | null;
  /** Highest number of entries, never more than fit. */
  readonly peakEntries: number;
  /**
   * Entries if the last second of the load continued indefinitely, never more than fit; null if they would grow without limit.
   */
  readonly steadyEntries: number | null;
  /** Seconds until the load has lasted longer than any entry lives, so that `steadyEntries` can be observed; Infinity: never. */
  readonly settledAfterSeconds: number;
  /** exp(−16·u·N/B) with the share u of half-open and UDP entries when the table is full; null if it should not fill. */
  readonly dropShareWhenFull: number | null;
  /** Entries per connection opened, when the table is full or the load ends. */
  readonly entriesPerConnection: number | null;
  /**
   * Seconds from the break until new connections succeed as before it; null if they do not within the load. Absent where nothing is
   * done to the table, or the model cannot tell.
   */
  readonly recoverySeconds?: number | null;
}
