import type { Targets } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FloodCounters } from '../tally/flood-counters.ts';

/** One flood, as far as one agent runs it. */
export interface RunningFlood {
  readonly tally: FloodCounters;
  /** Begins what is due and ends what is overdue. */
  tick(now: number): void;
  /** Seconds since the epoch at which `tick` has work again; Infinity when there is none in sight. */
  readonly nextAt: number;
  /** Whether arrivals or changes of level are still to come. */
  readonly scheduled: boolean;
  /** Whether anything is connecting or waiting for an answer; held sockets are not. */
  readonly inFlight: boolean;
  /** The load is over: what is still held counts as having lasted until `now`. */
  settle?(now: number): void;
  /** No new arrivals; what is in flight runs to its own end. */
  stop(now: number): void;
  /** Destroys every socket and counts what that interrupts. */
  close(now: number): void;
}

/** What every flood of an agent shares. */
export interface AgentContext {
  readonly agent: number;
  readonly agents: number;
  readonly seed: number;
  readonly floods: readonly Flood[];
  readonly targets: Targets;
  readonly synSchedule: readonly number[];
  /** Seconds since the epoch. */
  readonly clock: Clock;
  /** When the event loop was due to turn; what is seen later may have waited since then for this process to get the CPU. */
  readonly dueAt: () => number;
}
