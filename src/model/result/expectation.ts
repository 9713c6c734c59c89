/** What arithmetic alone says about a run, from its resolved scenario and the table it got. */
export interface Expectation {
  readonly loadSeconds: number;
  /** Seconds into the load at which the table is full; null when it should not fill. */
  readonly fullAtSeconds: number | null;
  /** Most entries at once, never more than fit. */
  readonly peakEntries: number;
  /** Entries if the load's last second went on for ever, never more than fit; null when they would grow without limit. */
  readonly steadyEntries: number | null;
  /** Seconds until the load has gone on for longer than any entry lives, so that `steadyEntries` can be seen; Infinity: never. */
  readonly settledAfterSeconds: number;
  /** exp(−16·u·N/B) with the share u of half-open and UDP entries when the table is full; null when it should not fill. */
  readonly dropShareWhenFull: number | null;
  /** Entries there are for each connection opened, when the table is full or the load ends. */
  readonly entriesPerConnection: number | null;
}
