/** A scenario's `find` section with its defaults filled in; `ctload run` ignores it. */
export interface FindSpec {
  /** Dotted path of the scenario key to vary; the rate of the first constant-arrival-rate flood when there is none. */
  readonly variable?: string;
  /** First value tried; what the scenario itself says when there is none. */
  readonly initialValue?: number;
  /** Factor between two values until one holds and one breaks. */
  readonly exponentialFactor: number;
  /** The search ends when the best value that holds and the least that breaks are this share of the former apart. */
  readonly precision: number;
  /** Length of a trial, seconds; of floods that have a duration. */
  readonly measuringPeriodSeconds: number;
  /** Length of a confirming trial, seconds. */
  readonly confirmPeriodSeconds: number;
  /** Seconds after the start of the search from which no trial begins. */
  readonly deadlineSeconds: number;
}

/**
 * A trial has to span several rounds of the kernel's garbage collector (about 10 s apart in a busy table, facts of
 * nf_conntrack_core.c: gc_worker): only between two rounds does the table show its peak.
 */
export const FIND_DEFAULTS: FindSpec = {
  exponentialFactor: 2,
  precision: 0.05,
  measuringPeriodSeconds: 30,
  confirmPeriodSeconds: 60,
  deadlineSeconds: 600,
};
