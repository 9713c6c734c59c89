import type { MetricName } from '../input/metrics.ts';
import type { Summary, Validity } from './summary.ts';

/** A run as far as it is compared. */
export interface ComparedRun {
  readonly folder: string;
  readonly summary: ComparedSummary;
  /** The resolved scenario by dotted key; null when the folder has none. */
  readonly scenario: Readonly<Record<string, string>> | null;
}

export type ComparedSummary = Pick<Summary, 'run' | 'scenario' | 'environment' | 'verdict' | 'metrics'> & {
  readonly conntrack: Pick<Summary['conntrack'], 'method'>;
  readonly floods: Readonly<Record<string, Pick<Summary['floods'][string], 'attempted' | 'failures'>>>;
};

/** What makes a metric worse. `either`: it should stay what it is. */
export type Worse = 'lower' | 'higher' | 'either';

/** Which way is worse, of everything a limit can be put on. */
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
  breaking_point_entries: 'lower',
  breaking_point_rate: 'lower',
  breaking_point_seconds: 'lower',
};

/** What the schedule of the load and the size of the table alone decide: it may be compared across machines. */
export const PORTABLE: ReadonlySet<string> = new Set<MetricName>([
  'breaking_point_entries',
  'breaking_point_rate',
  'breaking_point_seconds',
  'conntrack_entries',
  'conntrack_utilization',
]);

/** `--max-regression breaking_point_entries=2%` */
export interface RegressionLimit {
  /** A metric or sub-metric, e.g. `conn_failed{flood:requests}`. */
  readonly metric: string;
  /** Undefined: the usual one of its type. */
  readonly aggregation?: string | undefined;
  /** Relative: 0.02 is 2 %. */
  readonly share: number;
}

/** `ctload compare --json`, schema `ctload/comparison@1`. Keys are added, never renamed. */
export interface Comparison {
  readonly schema: 'ctload/comparison@1';
  /** What is compared with. */
  readonly base: ComparedSide;
  /** What is judged. */
  readonly candidate: ComparedSide;
  /** What is not the same on both sides and was allowed, or does no harm. */
  readonly differences: readonly Difference[];
  /** Every figure that either side has. */
  readonly figures: readonly ComparedFigure[];
  /** Names of the figures that are worse by more than their limit. */
  readonly regressions: readonly string[];
}

export interface ComparedSide {
  /** As it was named. */
  readonly folder: string;
  /** Valid runs, which are compared. */
  readonly runs: number;
  /** How many of the valid runs had which verdict. */
  readonly verdicts: Readonly<Partial<Record<Summary['verdict']['kind'], number>>>;
  /** Runs that prove nothing. */
  readonly leftOut: readonly {
    /** Of the run. */
    readonly folder: string;
    /** Why it proves nothing. */
    readonly validity: Validity;
  }[];
}

export interface Difference {
  /** Dotted: a scenario key, or `machine.kernel`, `sysctls.net.ipv4.tcp_syn_retries`, `versions.ctload`, … */
  readonly key: string;
  /** null: not there. */
  readonly base: string | null;
  /** null: not there. */
  readonly candidate: string | null;
  /** False when it changes neither load nor gateway, so that nobody had to allow it. */
  readonly allowed: boolean;
}

export interface ComparedFigure {
  /** `breaking_point_entries`, `conn_connecting p(99)` */
  readonly name: string;
  /** A metric or sub-metric, e.g. `conn_failed{flood:requests}`. */
  readonly metric: string;
  /** `count`, `p(99)`, …. */
  readonly aggregation: string;
  /** `counter`, `gauge`, `rate` or `trend`. */
  readonly type: string;
  readonly worse: Worse;
  /** null: no run of that side has it. */
  readonly base: FigureSpread | null;
  /** null: no run of that side has it. */
  readonly candidate: FigureSpread | null;
  /** (candidate − base) ÷ base, of the medians; null when a side has none, or base is 0 and candidate is not. */
  readonly change: number | null;
  /** Of a Mann–Whitney test, two-sided; null when there are too few runs for it to find anything. */
  readonly p: number | null;
  /** False: depends on the machine, and the machines differ. */
  readonly comparable: boolean;
  /** Relative; null when none was put on it. */
  readonly limit: number | null;
  /** `noise`: beyond the limit, but not significantly. */
  readonly outcome: 'regression' | 'noise' | 'ok';
}

/** Of the runs that have the figure. A breaking point of a run that held is null: above any number. */
export interface FigureSpread {
  /** How many runs have it. */
  readonly runs: number;
  /** In the unit of the metric: a trend milliseconds, a rate a share from 0 to 1. */
  readonly median: number | null;
  /** The lowest of the runs. */
  readonly min: number | null;
  /** The highest of the runs. */
  readonly max: number | null;
}
