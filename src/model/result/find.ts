import type { FindSpec } from '../input/find-spec.ts';
import type { Capacity } from '../timeline/capacity.ts';
import type { Spread } from './repeat.ts';

/** One trial of a search. */
export interface TrialReport {
  /** Counted from 1. */
  readonly number: number;
  /** Of the variable. */
  readonly value: number;
  /** A longer trial of what should be the answer. */
  readonly confirm: boolean;
  /** Length of the load's schedule. */
  readonly seconds: number;
  /** `unclear`: the run proves nothing. `out-of-reach`: the generator was the limit, or the value is not valid. */
  readonly outcome: 'held' | 'broke' | 'unclear' | 'out-of-reach';
  /** One sentence. */
  readonly why: string;
  /** Most entries in the gateway's table at once, ballast not counted; null when nothing ran. */
  readonly peakEntries: number | null;
  /** Packets the gateway's kernel dropped for want of an entry; null when nothing ran. */
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
  /** Seconds an entry stays once its connection is over, if it goes as it expires. */
  readonly lifetimeSeconds: number;
  /** Seconds an entry really stayed counted in the trial that confirmed the answer; null without one. */
  readonly countedSeconds: number | null;
}

export type FindOutcome = 'converged' | 'doomed' | 'deadline' | 'aborted';

/** `find.json`, schema `ctload/find@1`. Seconds. Keys are added, never renamed. */
export interface FindReport {
  readonly schema: 'ctload/find@1';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Whole search, teardown of the lab included. */
  readonly durationSeconds: number;
  /** Of ctload. */
  readonly version: string;
  /** The command line as typed. */
  readonly command: string;
  /** What was searched in. */
  readonly scenario: {
    /** As in the scenario. */
    readonly name: string;
    /** As in the scenario; empty when it has none. */
    readonly description: string;
  };
  /** Dotted path of the scenario key that was varied. */
  readonly variable: string;
  /** How it was searched. */
  readonly search: FindSpec;
  /** The gateway's table; null when no lab was built. */
  readonly conntrack: {
    /** Entries a trial could use: nf_conntrack_max − ballast. */
    readonly effectiveMax: number;
    /** How the table was made small. */
    readonly method: Capacity['method'];
    /** nf_conntrack_buckets in force. */
    readonly buckets: number;
    /** Stale entries in the table before each trial; they count as entries. */
    readonly prefilled: number;
  } | null;
  /** `doomed`: no value can be the answer, `why` tells. `deadline`: out of time. `aborted`: by a signal. */
  readonly outcome: FindOutcome;
  /** The highest value that holds, confirmed; null unless converged. */
  readonly answer: number | null;
  /** The highest value that held, confirmed or not. */
  readonly best: number | null;
  /** Why there is no answer; empty when converged. */
  readonly why: string;
  readonly formula: FormulaReport | null;
  /** In the order they ran. */
  readonly trials: readonly TrialReport[];
}

/** `repeat.json` of `ctload find --repeat`, schema `ctload/find-repeat@1`. Keys are added, never renamed. */
export interface FindRepeatReport {
  readonly schema: 'ctload/find-repeat@1';
  /** In the order they ran, each with a find.json in a folder below: `01`, `02`, …. */
  readonly searches: readonly {
    /** As in its find.json. */
    readonly outcome: FindOutcome;
    /** The highest value that holds, confirmed; null unless converged. */
    readonly answer: number | null;
    /** Whole search, teardown of the lab included. */
    readonly seconds: number;
  }[];
  /** Of the answers; null when there is none. */
  readonly spread: Spread | null;
}
