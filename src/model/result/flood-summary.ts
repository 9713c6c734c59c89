import type { FailureCause } from '../timeline/attempt.ts';

/** Milliseconds. */
export interface LatencySummary {
  /** Least, milliseconds. */
  readonly min: number;
  /** Median, milliseconds. */
  readonly p50: number;
  /** 90th percentile, milliseconds. */
  readonly p90: number;
  /** 95th percentile, milliseconds. */
  readonly p95: number;
  /** 99th percentile, milliseconds. */
  readonly p99: number;
  /** 99.9th percentile, milliseconds. */
  readonly 'p99.9': number;
  /** Most, milliseconds. */
  readonly max: number;
  /** How many were timed. */
  readonly count: number;
}

export interface FloodSummary {
  /** `short`, `long`, `stale`, `half-open` or `udp`. */
  readonly kind: string;
  /** How its attempts were spread over time. */
  readonly executor: string;
  /** Attempts begun. */
  readonly attempted: number;
  /** Attempts that reached their goal. */
  readonly succeeded: number;
  /** Attempts that did not. */
  readonly failed: number;
  /** Attempts that were due but could not be begun in time. */
  readonly notStarted: number;
  /** Attempts ended by the end of the run before anything was decided. */
  readonly interrupted: number;
  /** Connected after at least one SYN retransmission. */
  readonly delayed: number;
  /** Most sockets open at once. */
  readonly peakOpen: number;
  /** Held sockets that ended before their time. */
  readonly disconnected: number;
  /** Pongs received. */
  readonly heartbeats: number;
  /** Pings without a pong when the next one was due. */
  readonly heartbeatsMissed: number;
  /** `failed` by cause. */
  readonly failures: Readonly<Partial<Record<FailureCause, number>>>;
  /** By phase: `connecting`, `waiting`, `duration`, `duration_uncorrected`, `schedule_lag`, `heartbeat`, `session`. */
  readonly latencyMs: Readonly<Record<string, LatencySummary>>;
}
