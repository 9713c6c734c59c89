import type { FindOutcome } from '../find.ts';
import type { Validity, VerdictKind } from '../summary.ts';

/** The figures of a matrix, in the order of its tables. */
export const MATRIX_FIGURES = [
  'breaking_point_seconds',
  'first_loss_seconds',
  'breaking_point_entries',
  'recovery_seconds',
  'conn_failed',
  'conn_connecting_p99_ms',
  'peak_entries',
  'ipvs_connections',
  'entries_per_connection',
  'table_memory_bytes',
  'gateway_cpu_share',
  'highest_value',
] as const;

export type MatrixFigureName = (typeof MATRIX_FIGURES)[number];

/** The content of `matrix.json`, which `ctload matrix` writes, schema `ctload/matrix@1`. Keys are added, never renamed. */
export interface MatrixReport {
  readonly schema: 'ctload/matrix@1';
  /** When the matrix was started, or was last resumed: ISO 8601, UTC. */
  readonly startedAt: string;
  /** Seconds since then. */
  readonly durationSeconds: number;
  /** ctload version. */
  readonly version: string;
  /** Command line. */
  readonly command: string;
  /** Name and description of the scenario. */
  readonly scenario: {
    /** Name of the scenario. */
    readonly name: string;
    /** Description of the scenario; empty if there is none. */
    readonly description: string;
  };
  /** `finished`: all runs took place. `aborted`: a signal or an error ended the matrix before that, and --resume continues it. */
  readonly outcome: 'finished' | 'aborted';
  /** Driver and machine that all runs share; null if there is no run. */
  readonly environment: MatrixEnvironment | null;
  /** Seed of random arrivals, the same for all runs. */
  readonly seed: number;
  /** Number of runs of each variant. */
  readonly repeat: number;
  /**
   * Share of repeated experiments in which the range from the lowest to the highest run contains the true median, at least:
   * 1 − 2^(1 − n) for the n valid runs of the variant that has the fewest.
   */
  readonly intervalConfidence: number;
  /** Name of the variant that the others are compared with. */
  readonly baseline: string;
  /** Key of the scenario whose highest value that holds was searched for (`--find`): dotted path; null without searches. */
  readonly searchVariable: string | null;
  /** Figure by which variants are ranked. */
  readonly rankedBy: MatrixFigureName;
  /** Variants, in the order of the scenario. */
  readonly variants: readonly MatrixVariant[];
}

/** What all runs of a matrix have to share: figures of different kernels or machines are never in one ranking. */
export interface MatrixEnvironment {
  /** Driver of the lab. */
  readonly driver: string;
  /** How the capacity of the table was obtained. */
  readonly method: string;
  /** Release of the gateway's kernel. */
  readonly kernel: string;
  /** Number of CPUs of the machine that ctload ran on. */
  readonly cpus: number;
}

/**
 * What a variant did to the break of the baseline. `holds`: its table held. `later`, `sooner`: it broke at another time. `none`: it
 * broke as the baseline did, or both held. `breaks`: it broke, and the baseline held.
 */
export type MatrixEffect = 'holds' | 'later' | 'none' | 'sooner' | 'breaks';

export interface MatrixVariant {
  /** Name of the variant. */
  readonly name: string;
  /** Description of the variant; empty if there is none. */
  readonly description: string;
  /** What the variant sets, as text by dotted path; empty: the scenario as it is. */
  readonly settings: Readonly<Record<string, string>>;
  /** Runs that took place, in order. */
  readonly runs: readonly MatrixRun[];
  /** Searches that took place, in order; empty without `--find`. */
  readonly searches: readonly MatrixSearch[];
  /**
   * 1 is the best. Variants whose intervals of the figure `rankedBy` overlap, directly or through others, share a rank; the
   * next rank counts them all. null without a valid run.
   */
  readonly rank: number | null;
  /** What it did to the break of the baseline; null for the baseline, and where one of the two has no valid run. */
  readonly effect: MatrixEffect | null;
  /**
   * Figures over the valid runs, by name; null if no run has the figure, as `recovery_seconds` of a table that always held.
   * `highest_value` is over the searches that converged.
   */
  readonly figures: Readonly<Record<MatrixFigureName, MatrixFigure | null>>;
}

export interface MatrixRun {
  /** Folder of the run, relative to that of matrix.json. */
  readonly folder: string;
  /** Verdict of the run, as in its summary.json. */
  readonly verdict: VerdictKind;
  /** Validity of the run, as in its summary.json; only valid runs are counted. */
  readonly validity: Validity;
  /** First reason for the verdict, as in the summary.json. */
  readonly reason: string;
  /** Exit code that the run alone would have had. */
  readonly exitCode: number;
  /** Seconds from the start of the load to the end of the recording. */
  readonly seconds: number;
}

/** A search of a variant, as its find.json has it. */
export interface MatrixSearch {
  /** Folder of the search, relative to that of matrix.json. */
  readonly folder: string;
  /** Outcome of the search. */
  readonly outcome: FindOutcome;
  /** Highest value that held, confirmed by a longer trial; null unless the search converged. */
  readonly answer: number | null;
  /** Highest value that held, confirmed or not; null if none held. */
  readonly best: number | null;
  /** One-sentence reason why there is no answer; empty if the search converged. */
  readonly why: string;
  /** Seconds that the whole search took. */
  readonly seconds: number;
}

/**
 * A figure over the valid runs of a variant. null stands for what never came, which ranks above any number: the break or the
 * first loss of a run that held, the recovery of a table that did not recover within the load.
 */
export interface MatrixFigure {
  /** Number of runs that have the figure. */
  readonly runs: number;
  /** Median: seconds, milliseconds, bytes, or a share from 0 to 1, as the name of the figure says. */
  readonly median: number | null;
  /** Lowest value of the runs: the lower end of the interval. */
  readonly min: number | null;
  /** Highest value of the runs: the upper end of the interval. */
  readonly max: number | null;
  /** Relative difference to the baseline: (median − its median) ÷ its median; null where that cannot be computed. */
  readonly change: number | null;
  /**
   * p-value of an exact two-sided Mann–Whitney test against the baseline, corrected for as many comparisons as there are other
   * variants (Holm); null if there are too few runs, and for the baseline.
   */
  readonly p: number | null;
  /** Whether the corrected p-value is below 0.05. */
  readonly significant: boolean;
}
