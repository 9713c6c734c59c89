import type { Capacity } from './run.ts';

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
  readonly measuringPeriodSeconds: number;
  readonly confirmPeriodSeconds: number;
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

/** One trial of a search. */
export interface TrialReport {
  /** Counted from 1. */
  readonly number: number;
  readonly value: number;
  /** A longer trial of what should be the answer. */
  readonly confirm: boolean;
  /** Length of the load's schedule. */
  readonly seconds: number;
  /** `unclear`: the run proves nothing. `out-of-reach`: the generator was the limit, or the value is not valid. */
  readonly outcome: 'held' | 'broke' | 'unclear' | 'out-of-reach';
  /** One sentence. */
  readonly why: string;
  readonly peakEntries: number | null;
  readonly drop: number | null;
  /** Most held sockets open at once, all floods. */
  readonly peakOpen: number | null;
  /** Folder of the run below the search's own; null when nothing ran. */
  readonly folder: string | null;
}

/** Beside the answer, what arithmetic would have said of a rate. */
export interface FormulaReport {
  /** (max − entries of everything else) ÷ seconds an entry lives. */
  readonly rate: number;
  readonly lifetimeSeconds: number;
  /** Seconds an entry really stayed counted in the trial that confirmed the answer; null without one. */
  readonly countedSeconds: number | null;
}

export type FindOutcome = 'converged' | 'doomed' | 'deadline' | 'aborted';

/** `find.json`, schema `ctload/find@1`. Seconds. Keys are added, never renamed. */
export interface FindReport {
  readonly schema: 'ctload/find@1';
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly version: string;
  readonly command: string;
  readonly scenario: { readonly name: string; readonly description: string };
  readonly variable: string;
  readonly search: FindSpec;
  readonly conntrack: {
    readonly effectiveMax: number;
    readonly method: Capacity['method'];
    readonly buckets: number;
    readonly prefilled: number;
  } | null;
  readonly outcome: FindOutcome;
  /** The highest value that holds, confirmed; null unless converged. */
  readonly answer: number | null;
  /** The highest value that held, confirmed or not. */
  readonly best: number | null;
  /** Why there is no answer; empty when converged. */
  readonly why: string;
  readonly formula: FormulaReport | null;
  readonly trials: readonly TrialReport[];
}
