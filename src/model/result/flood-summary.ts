import type { FailureCause } from '../timeline/attempt.ts';

/** Latencies in milliseconds. */
export interface LatencySummary {
  /** Minimum, in milliseconds. */
  readonly min: number;
  /** Median, in milliseconds. */
  readonly p50: number;
  /** 90th percentile, in milliseconds. */
  readonly p90: number;
  /** 95th percentile, in milliseconds. */
  readonly p95: number;
  /** 99th percentile, in milliseconds. */
  readonly p99: number;
  /** 99.9th percentile, in milliseconds. */
  readonly 'p99.9': number;
  /** Maximum, in milliseconds. */
  readonly max: number;
  /** Number of measured values. */
  readonly count: number;
}

export interface FloodSummary {
  /** Kind of the flood: `short`, `long`, `stale`, `half-open` or `udp`. */
  readonly kind: string;
  /** Executor that scheduled the attempts. */
  readonly executor: string;
  /** Attempts started. */
  readonly attempted: number;
  /** Attempts that succeeded. */
  readonly succeeded: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** Scheduled attempts that were not started in time. */
  readonly notStarted: number;
  /** Attempts cut off by the end of the run before they succeeded or failed. */
  readonly interrupted: number;
  /** Attempts that connected only after at least one SYN retransmission. */
  readonly delayed: number;
  /** Highest number of sockets open at once. */
  readonly peakOpen: number;
  /** Held connections that closed early. */
  readonly disconnected: number;
  /** Pongs received. */
  readonly heartbeats: number;
  /** Pings that had no pong when the next one was due. */
  readonly heartbeatsMissed: number;
  /** Failed attempts by cause. */
  readonly failures: Readonly<Partial<Record<FailureCause, number>>>;
  /** Latencies by phase: `connecting`, `waiting`, `duration`, `duration_uncorrected`, `schedule_lag`, `heartbeat`, `session`. */
  readonly latencyMs: Readonly<Record<string, LatencySummary>>;
}
