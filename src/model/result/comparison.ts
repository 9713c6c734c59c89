import type { MetricName } from '../input/metrics.ts';
import type { Summary, Validity } from './summary.ts';

/** What is compared of a run. */
export interface ComparedRun {
  readonly folder: string;
  readonly summary: ComparedSummary;
  /** The resolved scenario by dotted key; null when the folder has none. */
  readonly scenario: Readonly<Record<string, string>> | null;
}

export type ComparedSummary = Pick<Summary, 'run' | 'scenario' | 'environment' | 'metrics'> & {
  readonly verdict: Omit<Summary['verdict'], 'reasonCodes'>;
  readonly conntrack: Pick<Summary['conntrack'], 'method'>;
  readonly floods: Readonly<Record<string, Pick<Summary['floods'][string], 'attempted' | 'failures'>>>;
};

/** What makes a metric worse. `either`: any change does. */
export type Worse = 'lower' | 'higher' | 'either';

/** Which direction is worse, of every metric that a limit can apply to. */
export const WORSE: Readonly<Record<MetricName, Worse>> = {
  conns: 'either',
  conn_failed: 'higher',
  conn_connecting: 'higher',
  conn_waiting: 'higher',
  conn_duration: 'higher',
  conns_open: 'either',
  dropped_iterations: 'higher',
  schedule_lag: 'higher',
  ws_connecting: 'higher',
  ws_session_duration: 'lower',
  conntrack_entries: 'higher', // the same load should not take more
  conntrack_utilization: 'higher',
  conntrack_drop: 'higher',
  conntrack_early_drop: 'higher',
  conntrack_insert_failed: 'higher',
  tcp_syn_retrans: 'higher',
  connections_lost: 'higher',
  breaking_point_entries: 'lower',
  breaking_point_rate: 'lower',
  breaking_point_seconds: 'lower',
  recovery_seconds: 'higher',
  alert_lead_seconds: 'lower',
};

/** Metrics that only the scheduled load and the size of the table decide, so that they can be compared across machines. */
export const PORTABLE: ReadonlySet<string> = new Set<MetricName>([
  'breaking_point_entries',
  'breaking_point_rate',
  'breaking_point_seconds',
  'conntrack_entries',
  'conntrack_utilization',
]);

/** `--max-regression breaking_point_entries=2%` */
export interface RegressionLimit {
  /** Metric or sub-metric, e.g. `conn_failed{flood:requests}`. */
  readonly metric: string;
  /** Aggregation; the usual one of the metric's type if undefined. */
  readonly aggregation?: string | undefined;
  /** Largest relative change for the worse, e.g. 0.02 for 2 %. */
  readonly share: number;
}

/** What `ctload compare --json` prints, schema `ctload/comparison@1`. Keys are added, never renamed. */
export interface Comparison {
  readonly schema: 'ctload/comparison@1';
  /** Side that is compared with. */
  readonly base: ComparedSide;
  /** Side that is judged. */
  readonly candidate: ComparedSide;
  /** Differences between the sides that were allowed or are harmless. */
  readonly differences: readonly Difference[];
  /** Every figure that at least one side has. */
  readonly figures: readonly ComparedFigure[];
  /** Names of the figures that got worse by more than their limit. */
  readonly regressions: readonly string[];
}

/**
 * What `ctload compare --json` prints for more than two sides, schema `ctload/comparisons@1`. Keys are added, never renamed.
 */
export interface Comparisons {
  readonly schema: 'ctload/comparisons@1';
  /** Side that all others are compared with. */
  readonly base: ComparedSide;
  /**
   * The other sides, in the order of the command line, each compared with base. The p-values of a figure are corrected for as
   * many comparisons as there are of it (Holm), and outcomes follow from that.
   */
  readonly comparisons: readonly Comparison[];
}

export interface ComparedSide {
  /** Folder as named on the command line. */
  readonly folder: string;
  /** Number of valid runs, which are the ones compared. */
  readonly runs: number;
  /** Number of valid runs by verdict. */
  readonly verdicts: Readonly<Partial<Record<Summary['verdict']['kind'], number>>>;
  /** Invalid runs, which are excluded. */
  readonly leftOut: readonly {
    /** Folder of the run. */
    readonly folder: string;
    /** Why the run is excluded: `generator-bound` or `inconclusive`. */
    readonly validity: Validity;
  }[];
}

export interface Difference {
  /**
   * Dotted name of what differs: a scenario key, or e.g. `machine.kernel`, `sysctls.net.ipv4.tcp_syn_retries`,
   * `versions.ctload`.
   */
  readonly key: string;
  /** Value of the base side; null if absent. */
  readonly base: string | null;
  /** Value of the candidate side; null if absent. */
  readonly candidate: string | null;
  /** Whether the difference had to be allowed; false if it changes neither load nor gateway. */
  readonly allowed: boolean;
}

export interface ComparedFigure {
  /** Name of the figure, e.g. `breaking_point_entries` or `conn_connecting p(99)`. */
  readonly name: string;
  /** Metric or sub-metric, e.g. `conn_failed{flood:requests}`. */
  readonly metric: string;
  /** Aggregation, e.g. `count` or `p(99)`. */
  readonly aggregation: string;
  /** Type of the metric: `counter`, `gauge`, `rate` or `trend`. */
  readonly type: string;
  readonly worse: Worse;
  /** Spread over the base runs; null if none of them has the figure. */
  readonly base: FigureSpread | null;
  /** Spread over the candidate runs; null if none of them has the figure. */
  readonly candidate: FigureSpread | null;
  /**
   * Relative change of the medians: (candidate − base) ÷ base; null if a side has none, or if base is 0 and candidate is not.
   */
  readonly change: number | null;
  /** p-value of an exact two-sided Mann–Whitney test; null if there are too few runs for a significance test. */
  readonly p: number | null;
  /** Whether the figure can be compared; false if it is machine-dependent and the sides ran on different machines. */
  readonly comparable: boolean;
  /** Largest relative change for the worse that is allowed, e.g. 0.02 for 2 %; null if no limit was set. */
  readonly limit: number | null;
  /** `regression`: worse by more than the limit. `noise`: beyond the limit, but not significant. `ok`: anything else. */
  readonly outcome: 'regression' | 'noise' | 'ok';
}

/**
 * Spread of a figure over the runs that have it. The breaking point of a run that held is null, which ranks above any number.
 */
export interface FigureSpread {
  /** Number of runs that have the figure. */
  readonly runs: number;
  /** Median, in the unit of the metric: milliseconds for a trend, a share from 0 to 1 for a rate. */
  readonly median: number | null;
  /** Lowest value of the runs. */
  readonly min: number | null;
  /** Highest value of the runs. */
  readonly max: number | null;
}

/** Why two sides cannot be compared. */
export type Objection =
  | { readonly code: 'different'; readonly key: string; readonly base: string | null; readonly candidate: string | null }
  | { readonly code: 'unknown-setting'; readonly area: string }
  | {
      readonly code: 'mixed';
      readonly side: 'BASE' | 'CANDIDATE';
      readonly key: string;
      readonly values: readonly (string | null)[];
    };
