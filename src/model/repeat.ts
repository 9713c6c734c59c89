/** Figures of several searches or runs. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Largest distance from the median, as a share of it; 0 for a median of 0. */
  readonly spread: number;
}

/** `repeat.json` of `ctload run --repeat`, schema `ctload/repeat@1`. Keys are added, never renamed. */
export interface RepeatReport {
  readonly schema: 'ctload/repeat@1';
  readonly runs: readonly {
    /** Below the folder of repeat.json. */
    readonly folder: string;
    readonly verdict: string;
    readonly validity: string;
    readonly exitCode: number;
    readonly entries: number | null;
    readonly offeredRate: number | null;
    readonly atSeconds: number | null;
  }[];
  /** Of the valid breaking points; null when no run has one. */
  readonly breakingPoint: { readonly entries: Spread; readonly offeredRate: Spread; readonly atSeconds: Spread } | null;
}
