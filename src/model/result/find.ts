import type { FindSpec } from '../input/find-spec.ts';
import type { Capacity } from '../timeline/capacity.ts';
import type { Spread } from './repeat.ts';

/** What decided whether a value held. */
export interface Decider {
  /**
   * `table`: the gateway's table dropped packets, or none. `threshold`: a threshold of the scenario failed although the table
   * held. `generator`: the load could not be made. `evidence`: the run proves nothing. `value`: the value is not valid.
   */
  readonly by: 'table' | 'threshold' | 'generator' | 'evidence' | 'value';
  /** The threshold that failed; null unless one decided. */
  readonly threshold: {
    /** Name of the metric or sub-metric. */
    readonly metric: string;
    /** Expression in k6's grammar. */
    readonly expression: string;
    /** Observed value, in the unit of the metric; null if the metric had no sample. */
    readonly observed: number | null;
  } | null;
}

/** One trial of a search. */
export interface TrialReport {
  /** Number of the trial, counted from 1. */
  readonly number: number;
  /** Value of the search variable. */
  readonly value: number;
  /** Whether this was a longer trial: a value that holds in one is confirmed. */
  readonly confirm: boolean;
  /**
   * Why this value: `initial`: where the search begins. `bracket`: a factor away from the last. `bisect`: halfway between the highest that held and the lowest that broke. `curve`:
   * just above where a curve through what was measured meets a limit. `confirm`: to confirm a value near the limit, or the next above one that is confirmed. `repeat`: the last trial
   * proved nothing.
   */
  readonly choice: 'initial' | 'bracket' | 'bisect' | 'curve' | 'confirm' | 'repeat';
  /** Length of the scheduled load, in seconds; a trial whose outcome is certain ends sooner. */
  readonly seconds: number;
  /**
   * `held`: the gateway's table dropped nothing, and every threshold passed. `broke`: one of these is not so, see `decided`. `unclear`: the run proves nothing. `out-of-reach`: the generator was the
   * limit, or the value is not valid.
   */
  readonly outcome: 'held' | 'broke' | 'unclear' | 'out-of-reach';
  /** What decided the outcome. */
  readonly decided: Decider;
  /** One-sentence reason for the outcome. */
  readonly why: string;
  /** Highest number of entries in the gateway's table, ballast excluded; null if nothing ran. */
  readonly peakEntries: number | null;
  /** Packets that the gateway's kernel dropped because the table was full; null if nothing ran. */
  readonly drop: number | null;
  /** Highest number of held sockets open at once, all floods together; null if nothing ran. */
  readonly peakOpen: number | null;
  /** Folder of the run, relative to that of the search; null if nothing ran. */
  readonly folder: string | null;
}

/** The rule of thumb for a rate, to compare with the answer. */
export interface FormulaReport {
  /** Connections per second by the rule of thumb: (max − entries of everything else) ÷ seconds that an entry lives. */
  readonly rate: number;
  /** Seconds that an entry stays after its connection closed, if it is removed as soon as it expires. */
  readonly lifetimeSeconds: number;
  /** Seconds that an entry really stayed counted in the trial that confirmed the answer; null without such a trial. */
  readonly countedSeconds: number | null;
}

export type FindOutcome = 'converged' | 'bracket' | 'doomed' | 'deadline' | 'aborted';

/** Between which values the limit is, by the trials that ran. */
export interface Bracket {
  /** Highest value that held; null if none did. */
  readonly held: number | null;
  /** Lowest value that broke, above `held`; null if none did. */
  readonly broke: number | null;
}

/** Whether a search has what was asked for: an answer, or where it had a budget a bracket with both ends. */
export function isAnswered({ outcome, bracket }: Pick<FindReport, 'outcome' | 'bracket'>): boolean {
  return outcome === 'converged' || (outcome === 'bracket' && bracket?.held != null && bracket.broke !== null);
}

/** The content of `find.json`, schema `ctload/find@1`. Times are seconds. Keys are added, never renamed. */
export interface FindReport {
  readonly schema: 'ctload/find@1';
  /** Start of the search, ISO 8601, UTC. */
  readonly startedAt: string;
  /** Seconds that the whole search took, teardown of the lab included. */
  readonly durationSeconds: number;
  /** ctload version. */
  readonly version: string;
  /** Command line as typed. */
  readonly command: string;
  /** Scenario of the search. */
  readonly scenario: {
    /** Name of the scenario. */
    readonly name: string;
    /** Description of the scenario; empty if it has none. */
    readonly description: string;
  };
  /** Search variable: dotted path of the scenario key that was varied. */
  readonly variable: string;
  /** Settings of the search. */
  readonly search: FindSpec;
  /** The gateway's table; null if no lab was built. */
  readonly conntrack: {
    /** Entries available to a trial: nf_conntrack_max − ballast. */
    readonly effectiveMax: number;
    /** How the capacity of the table was obtained. */
    readonly method: Capacity['method'];
    /** nf_conntrack_buckets in force. */
    readonly buckets: number;
    /** Stale entries in the table before each trial; they count as entries. */
    readonly prefilled: number;
  } | null;
  /**
   * `converged`: there is an answer. `bracket`: the budget was spent before; what is known is in `bracket`. `doomed`: no value can be the answer, for the reason in `why`. `deadline`: the search timed
   * out. `aborted`: a signal ended it.
   */
  readonly outcome: FindOutcome;
  /** Highest value that held, confirmed by a longer trial; null unless the search converged. */
  readonly answer: number | null;
  /** Highest value that held, confirmed or not; null if none held. */
  readonly best: number | null;
  /** One-sentence reason why there is no answer; empty if the search converged. */
  readonly why: string;
  /** Seconds that the search was given (`--budget`). Absent if it had no budget. */
  readonly budgetSeconds?: number;
  /** Between which values the limit is. Absent if the search had no budget. */
  readonly bracket?: Bracket;
  /** What decided the limit: that of the lowest value that did not hold; null if every value held. */
  readonly limitDecidedBy: Decider | null;
  /** The rule of thumb for a rate, which is about the table alone; null if it does not apply to the search variable. */
  readonly formula: FormulaReport | null;
  /** Trials, in the order in which they ran. */
  readonly trials: readonly TrialReport[];
}

/**
 * The content of `repeat.json`, which `ctload find --repeat` writes, schema `ctload/find-repeat@1`. Keys are added, never
 * renamed.
 */
export interface FindRepeatReport {
  readonly schema: 'ctload/find-repeat@1';
  /** Searches, in the order in which they ran, each with a find.json in a folder below: `01`, `02`, …. */
  readonly searches: readonly {
    /** Outcome of the search, as in its find.json. */
    readonly outcome: FindOutcome;
    /** Highest value that held, confirmed by a longer trial; null unless the search converged. */
    readonly answer: number | null;
    /** Seconds that the whole search took, teardown of the lab included. */
    readonly seconds: number;
  }[];
  /** Spread of the answers; null if there is none. */
  readonly spread: Spread | null;
}
