/** A scenario's `find` section with its defaults filled in; `ctload run` ignores it. */
export interface FindSpec {
  /** Dotted path of the scenario key to vary; if absent, the rate of the first constant-arrival-rate flood. */
  readonly variable?: string;
  /** First value to try; if absent, one near where the model sees the limit, else the value in the scenario. */
  readonly initialValue?: number;
  /** Factor between two tried values, until one value holds and one breaks. */
  readonly exponentialFactor: number;
  /** The search ends when the lowest value that breaks exceeds the highest that holds by at most this share of it. */
  readonly precision: number;
  /** Length of a trial, seconds; it replaces the duration of floods that have one. */
  readonly measuringPeriodSeconds: number;
  /** Length of a confirming trial, seconds. */
  readonly confirmPeriodSeconds: number;
  /** Seconds after the start of the search from which no trial is started. */
  readonly deadlineSeconds: number;
}

/**
 * A trial has to span several rounds of the kernel's garbage collector (about 10 s apart in a busy table; gc_worker in
 * nf_conntrack_core.c), because the table reaches its peak just before a round.
 */
export const FIND_DEFAULTS: FindSpec = {
  exponentialFactor: 2,
  precision: 0.05,
  measuringPeriodSeconds: 30,
  confirmPeriodSeconds: 60,
  deadlineSeconds: 600,
};
