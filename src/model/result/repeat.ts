import type { Validity, VerdictKind } from './summary.ts';

/** Figures of several searches or runs. */
export interface Spread {
  /** How many figures. */
  readonly count: number;
  /** Of the figures, in their unit; as are min and max. */
  readonly median: number;
  /** The lowest figure. */
  readonly min: number;
  /** The highest figure. */
  readonly max: number;
  /** Largest distance from the median, as a share of it; 0 for a median of 0. */
  readonly spread: number;
}

/** `repeat.json` of `ctload run --repeat`, schema `ctload/repeat@1`. Keys are added, never renamed. */
export interface RepeatReport {
  readonly schema: 'ctload/repeat@1';
  /** In the order they ran. */
  readonly runs: readonly {
    /** Below the folder of repeat.json. */
    readonly folder: string;
    /** As in its summary.json. */
    readonly verdict: VerdictKind;
    /** As in its summary.json: only a valid run proves what it says. */
    readonly validity: Validity;
    /** What the run alone would have exited with. */
    readonly exitCode: number;
    /** Entries in the gateway's table when it broke; null when it did not. */
    readonly entries: number | null;
    /** Attempts scheduled a second around the break; null when it did not break. */
    readonly offeredRate: number | null;
    /** Seconds into the load at which it broke; null when it did not. */
    readonly atSeconds: number | null;
  }[];
  /** Of the valid breaking points; null when no run has one. */
  readonly breakingPoint: {
    /** Entries in the gateway's table. */
    readonly entries: Spread;
    /** Attempts scheduled a second. */
    readonly offeredRate: Spread;
    /** Seconds into the load. */
    readonly atSeconds: Spread;
  } | null;
}
