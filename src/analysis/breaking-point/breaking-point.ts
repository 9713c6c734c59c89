import type { LatencyLog } from '../../model/result/latency.ts';
import type { BreakingPoint } from '../../model/result/summary.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { datagramsLost } from '../accounting/datagrams.ts';
import { halfOpenLost } from '../accounting/half-open.ts';
import { LOAD_BUCKET, offeredRate, openConnections } from '../log/load.ts';
import { nearest, type RunLog } from '../log/run-log.ts';

/** Half the span, in seconds, over which the offered rate at the break is taken. */
const RATE_SPAN = 0.5;
/** The clients must feel the break within this many seconds of the first drop. */
const CONFIRMATION = 1;

/** What the gateway's table and the clients show of the break; not yet a verdict. */
export interface Break {
  readonly point: BreakingPoint;
  /** Attempts that were to start from here on may have met a full table. */
  readonly feltFrom: number;
  /** At least one attempt around the break failed, was delayed or was given up. */
  readonly confirmed: boolean;
}

/**
 * Finds the first drop in the gateway's table and what surrounds it (design.md §5); undefined when nothing was dropped.
 */
export function findBreak(log: RunLog, latency: LatencyLog): Break | undefined {
  const { samples } = log.tables.gateway;
  const { effectiveMax } = log.meta.lab.capacity;
  const index = samples.findIndex((sample) => sample.drop > 0);
  const at = samples.at(index);
  if (at === undefined) return undefined;
  const before = samples.at(index - 1) ?? at;
  const entries = Math.max(before.entries, at.entries); // the garbage collector may run between drop and sample
  const feltFrom = (index === 0 ? 0 : before.t) - scheduleLag(latency);
  const firstFailureAt = firstFelt(log.loads, feltFrom);
  const point: BreakingPoint = {
    atSeconds: at.t,
    entries,
    utilization: entries / effectiveMax,
    offeredRate: offeredRate(log, at.t, RATE_SPAN),
    openConnections: openConnections(log, at.t),
    states: nearest(log.compositions, at.t)?.states ?? {},
    firstEarlyDropAtSeconds: samples.find((sample) => sample.earlyDrop > 0)?.t ?? null,
    firstDropAtSeconds: at.t,
    firstFailureAtSeconds: firstFailureAt,
    timeToFullSeconds: timeToFull(log),
  };
  const felt = (t: number | null) => t !== null && t <= at.t + CONFIRMATION;
  // Nobody waits for a half-open SYN or a datagram that wants no answer: there the backend confirms, which never saw it.
  const givenUp = log.loads.find((load) => (load.abandoned ?? 0) > 0 && load.t + LOAD_BUCKET > feltFrom)?.t ?? null;
  const unseen = halfOpenLost(log) + datagramsLost(log) > 0;
  return { point, feltFrom, confirmed: felt(firstFailureAt) || felt(givenUp) || unseen };
}

/**
 * An attempt is known by its *intended* start, which precedes the sample that shows its drop by up to one interval and by
 * what the generator was late. The 99th percentile: one long stall must not pull in failures from well before the break.
 */
function scheduleLag(latency: LatencyLog): number {
  return Math.max(0, ...latency.filter(({ phase }) => phase === 'schedule_lag').map(({ total }) => total.p99 / 1000));
}

function firstFelt(loads: readonly LoadRecord[], from: number): number | null {
  let first: number | null = null;
  for (const { firstBadAt } of loads) {
    if (firstBadAt !== undefined && firstBadAt >= from && (first === null || firstBadAt < first)) first = firstBadAt;
  }
  return first;
}

function timeToFull(log: RunLog): number | null {
  const full = firstFullAt(log);
  const firstAttempt = log.loads.find((load) => (load.attempted ?? 0) > 0);
  return full === null || firstAttempt === undefined ? null : Math.max(0, full - firstAttempt.t);
}

/** When a sample first showed no room left. */
export function firstFullAt(log: RunLog): number | null {
  const { effectiveMax } = log.meta.lab.capacity;
  return log.tables.gateway.samples.find((sample) => sample.entries >= effectiveMax)?.t ?? null;
}
