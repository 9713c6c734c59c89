import type { Knees } from '../../model/result/knees.ts';
import type { TableSeries } from '../log/table.ts';
import { bootstrap } from '../statistics/bootstrap.ts';
import { fitSegments, type Point, type SegmentedFit } from '../statistics/segmented-regression.ts';
import { upperMedian } from '../statistics/spread.ts';
import type { ClientsByUtilization, LatencyAtUtilization, LoadAtUtilization } from './utilization.ts';

const BINS = 10;
/** From here on a table counts as full: means over 100 ms seldom reach 1 to the last entry. */
const FULL = 0.999;
/** A rise of connect times up to the full table that is worth the name: by half of what they were. */
const LEAST_RISE = 0.5;

export interface KneeInputs {
  /** The gateway's. */
  readonly table: Pick<TableSeries, 'samples' | 'capacity'>;
  /** When the table was first full; null when it never was. */
  readonly fullAt: number | null;
  readonly byUtilization: ClientsByUtilization;
  /** Of the bootstrap. */
  readonly seed: number;
}

/** Where it begins to hurt and where it breaks, and what clients felt at every utilization. */
export function findKnees({ table, fullAt, byUtilization: { loads, times }, seed }: KneeInputs): Knees {
  return {
    early: earlier(evictionKnee(table), latencyKnee(times, seed)),
    hard: fullAt === null ? null : { utilization: 1, atSeconds: fullAt },
    byUtilization: bins(loads, times),
  };
}

/** The kernel itself says when it begins to evict; early drop is a full table's, so this is never far below 1. */
function evictionKnee({ samples, capacity: course }: KneeInputs['table']): Knees['early'] {
  const index = samples.findIndex(({ earlyDrop }) => earlyDrop > 0);
  const at = samples.at(index);
  if (at === undefined) return null;
  const capacity = course.at(at.t);
  const [low, high] = [samples.at(index - 1)?.entries ?? at.entries, at.entries].sort((a, b) => a - b) as [number, number];
  return { signal: 'early-drop', utilization: high / capacity, interval: [low / capacity, high / capacity] };
}

/** Connect times below a full table, as a flat line and then a rising one; null when the rise could be chance. */
function latencyKnee(times: readonly LatencyAtUtilization[], seed: number): Knees['early'] {
  const points = times
    .filter(({ utilization }) => utilization < FULL)
    .map(({ utilization, p99Ms }): Point => [utilization, p99Ms]);
  const hinge = fitSegments(points);
  if (hinge === null || !isRise(hinge)) return null;
  const slope = bootstrap(points, (sample) => fitSegments(sample)?.slope ?? 0, seed);
  const interval = bootstrap(points, (sample) => fitSegments(sample)?.at ?? null, seed);
  if (slope === null || slope[0] <= 0 || interval === null) return null;
  return { signal: 'latency', utilization: hinge.at, interval };
}

function isRise({ at, base, slope }: SegmentedFit): boolean {
  return slope * (1 - at) > LEAST_RISE * Math.max(0, base);
}

function earlier(one: Knees['early'], other: Knees['early']): Knees['early'] {
  if (one === null || other === null) return one ?? other;
  return one.utilization <= other.utilization ? one : other;
}

/** Tenths of the table's capacity, and the full table apart; those never seen are left out. */
function bins(loads: readonly LoadAtUtilization[], times: readonly LatencyAtUtilization[]): Knees['byUtilization'] {
  return Array.from({ length: BINS + 1 }, (_, bin) => bin).flatMap((bin) => {
    const within = ({ utilization }: { readonly utilization: number }) => binOf(utilization) === bin;
    const here = loads.filter(within);
    const attempted = here.reduce((sum, load) => sum + load.attempted, 0);
    if (attempted === 0) return [];
    const bad = here.reduce((sum, load) => sum + load.bad, 0);
    return [
      {
        from: Math.min(1, bin / BINS),
        to: Math.min(1, (bin + 1) / BINS),
        attempted,
        badShare: bad / attempted,
        connectingP99Ms: upperMedian(times.filter(within).map(({ p99Ms }) => p99Ms)),
      },
    ];
  });
}

function binOf(utilization: number): number {
  return utilization >= FULL ? BINS : Math.floor(utilization * BINS);
}
