import type { Phase } from '../timeline/attempt.ts';
import type { LatencySummary } from './flood-summary.ts';

/** A measured time and how often it was measured. */
export type TimedCount = readonly [milliseconds: number, count: number];

/** Latencies of one flood and phase in a span of time, all agents together, as they are recorded. */
export interface LatencySlice {
  readonly flood: string;
  readonly phase: Phase;
  /** Seconds since the start of the load. */
  readonly from: number;
  readonly to: number;
  /** HdrHistogram of µs, compressed V2 encoding in base64. */
  readonly data: string;
}

/** Times measured in one span of time, all agents together, in milliseconds. */
export interface LatencyInterval {
  /** Seconds since the start of the load. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** One flood's latencies of one phase. */
export interface LatencySeries {
  readonly flood: string;
  readonly phase: string;
  /** Latencies of the whole run, merged exactly, in milliseconds. */
  readonly total: LatencySummary;
  /** The values that `total` summarizes, ascending. */
  readonly values: readonly TimedCount[];
  /** In order of time. */
  readonly intervals: readonly LatencyInterval[];
}

export type LatencyLog = readonly LatencySeries[];

/** Times of one phase measured in one span of time, all floods and agents together, merged exactly. */
export interface LatencyValues {
  /** Seconds since the start of the load. */
  readonly from: number;
  readonly to: number;
  /** Milliseconds, ascending. */
  readonly times: readonly number[];
  /** How often each of `times` was measured. */
  readonly counts: readonly number[];
}
