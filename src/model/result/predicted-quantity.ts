/** What the model says of a run, beside what was measured. */
export interface PredictedQuantity {
  /**
   * `timeToFullSeconds`: seconds from the start of the load to a full table. `peakEntries`: highest number of entries.
   * `steadyEntries`: entries once the load has lasted longer than any entry lives. `dropShareWhenFull`: share of the SYNs
   * reaching a full table that are dropped. `entriesPerConnection`: entries per connection opened, when the table is full or the
   * load ends. `recoverySeconds`: seconds from the break until new connections succeed as before it.
   */
  readonly quantity:
    | 'timeToFullSeconds'
    | 'peakEntries'
    | 'steadyEntries'
    | 'dropShareWhenFull'
    | 'entriesPerConnection'
    | 'recoverySeconds';
  /** Predicted value; null if the model says that the quantity does not occur. */
  readonly predicted: number | null;
  /** Measured value; null if the quantity did not occur in the run. */
  readonly measured: number | null;
  /** Difference: measured − predicted; null if one of them is. */
  readonly difference: number | null;
}
