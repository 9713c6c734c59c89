import type { Validity, VerdictKind } from './summary.ts';

/** Spread of one figure over several runs or searches. */
export interface Spread {
  /** Number of values. */
  readonly count: number;
  /** Median, in the unit of the figure. */
  readonly median: number;
  /** Lowest value, in the unit of the figure. */
  readonly min: number;
  /** Highest value, in the unit of the figure. */
  readonly max: number;
  /** Largest deviation from the median, as a share of the median; 0 for a median of 0. */
  readonly spread: number;
}

/** The content of `repeat.json`, which `ctload run --repeat` writes, schema `ctload/repeat@1`. Keys are added, never renamed. */
export interface RepeatReport {
  readonly schema: 'ctload/repeat@1';
  /** Runs, in the order in which they ran. */
  readonly runs: readonly {
    /** Folder of the run, relative to that of repeat.json. */
    readonly folder: string;
    /** Verdict of the run, as in its summary.json. */
    readonly verdict: VerdictKind;
    /** Validity of the run, as in its summary.json; the verdict of a run that is not valid proves nothing. */
    readonly validity: Validity;
    /** Exit code that the run alone would have had. */
    readonly exitCode: number;
    /** Entries in the gateway's table at the break; null if it did not break. */
    readonly entries: number | null;
    /** Scheduled attempts per second around the break; null if it did not break. */
    readonly offeredRate: number | null;
    /** Seconds since the start of the load at which the table broke; null if it did not. */
    readonly atSeconds: number | null;
  }[];
  /** Spread of the breaking points of valid runs; null if no run has one. */
  readonly breakingPoint: {
    /** Entries in the gateway's table at the break. */
    readonly entries: Spread;
    /** Scheduled attempts per second around the break. */
    readonly offeredRate: Spread;
    /** Seconds since the start of the load at which the table broke. */
    readonly atSeconds: Spread;
  } | null;
}
