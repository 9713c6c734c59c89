import type { Accounting, BreakingPoint } from '../../model/result/summary.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { listingNear } from '../log/listings.ts';
import { firstAffected, LOAD_BUCKET, offeredRate, openConnections } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';
import type { TableSeries } from '../log/table.ts';

/** Half the span, in seconds, over which the offered rate at the break is taken. */
const RATE_SPAN = 0.5;
/** The clients must feel the break within this many seconds of the first drop. */
const CONFIRMATION = 1;

/** The first drop in the gateway's table, and what the clients show of it; not yet a verdict. */
export interface FirstDrop {
  readonly point: BreakingPoint;
  /** Attempts that were to start from here on may have met a full table. */
  readonly affectedFrom: number;
  /** At least one attempt around the break failed, was delayed or was abandoned. */
  readonly confirmed: boolean;
}

export type FirstDropInputs = PointInputs & {
  readonly accounting: Accounting;
  /** By how much attempts started late, 99th percentile, of the flood that was furthest behind. */
  readonly scheduleLagMs: number;
};

/** Finds the first drop in the gateway's table and what surrounds it; undefined when nothing was dropped. */
export function findFirstDrop(inputs: FirstDropInputs): FirstDrop | undefined {
  const { tables, loads, accounting, scheduleLagMs } = inputs;
  const { samples } = tables.gateway;
  const index = samples.findIndex((sample) => sample.drop > 0);
  const at = samples.at(index);
  if (at === undefined) return undefined;
  const before = samples.at(index - 1) ?? at;
  const entries = Math.max(before.entries, at.entries); // the garbage collector may run between drop and sample
  // An attempt is known by its *intended* start, which precedes the sample that shows its drop by up to one interval and by what
  // the generator was late. The 99th percentile: one long stall must not pull in failures from well before the break.
  const affectedFrom = (index === 0 ? 0 : before.t) - scheduleLagMs / 1000;
  const firstFailureAt = firstAffected(loads, affectedFrom);
  const point = pointAt(inputs, { atSeconds: at.t, entries, firstFailureAtSeconds: firstFailureAt });
  const inTime = (t: number | null) => t !== null && t <= at.t + CONFIRMATION;
  const abandonedAt = loads.find((load) => (load.abandoned ?? 0) > 0 && load.t + LOAD_BUCKET > affectedFrom)?.t ?? null;
  // No client waits for a half-open SYN or a datagram that wants no answer: there the backend confirms, which never saw it.
  const unseen = accounting.halfOpenLost + accounting.datagramsLost > 0;
  return { point, affectedFrom, confirmed: inTime(firstFailureAt) || inTime(abandonedAt) || unseen };
}

export type PointInputs = Pick<RunLog, 'meta' | 'tables' | 'loads' | 'gauges' | 'compositions'> & {
  /** When the table was first full; null when it never was. */
  readonly fullAt: number | null;
};

/** A break at a given time, with everything around it. */
export function pointAt(
  { tables, loads, gauges, compositions, fullAt }: PointInputs,
  at: Pick<BreakingPoint, 'atSeconds' | 'entries' | 'firstFailureAtSeconds'>,
): BreakingPoint {
  const { samples, capacity: course } = tables.gateway;
  const capacity = course.whenFull(at.atSeconds, at.entries);
  return {
    atSeconds: at.atSeconds,
    entries: at.entries,
    capacity,
    utilization: at.entries / capacity,
    offeredRate: offeredRate(loads, at.atSeconds, RATE_SPAN),
    openConnections: openConnections(gauges, at.atSeconds),
    states: listingNear(compositions, at.atSeconds)?.states ?? {},
    firstEarlyDropAtSeconds: samples.find((sample) => sample.earlyDrop > 0)?.t ?? null,
    firstDropAtSeconds: samples.find((sample) => sample.drop > 0)?.t ?? null,
    firstFailureAtSeconds: at.firstFailureAtSeconds,
    timeToFullSeconds: timeToFull(loads, fullAt),
  };
}

function timeToFull(loads: readonly LoadRecord[], fullAt: number | null): number | null {
  const firstAttempt = loads.find((load) => (load.attempted ?? 0) > 0);
  return fullAt === null || firstAttempt === undefined ? null : Math.max(0, fullAt - firstAttempt.t);
}

/** When a sample first showed no room left; null when none did. */
export function firstFullAt({ samples, capacity }: Pick<TableSeries, 'samples' | 'capacity'>): number | null {
  return samples.find(({ t, entries }) => entries >= capacity.at(t))?.t ?? null;
}
