import type { LatencyLog, LatencyValues } from '../../model/latency.ts';
import type { TimelineRecord } from '../../model/sample.ts';
import { type RunSeries, STEP_SECONDS } from '../../model/series.ts';
import type { Summary } from '../../model/summary.ts';
import { gatewayCpuShare } from '../headroom.ts';
import { investigate } from '../investigate.ts';
import { rounded } from '../round.ts';
import { type RunLog, sortRecords } from '../run-log.ts';
import { alertOutlooks } from './alerts.ts';
import { connectingIntervals, distribution } from './connecting.ts';
import { loadSteps } from './load-steps.ts';
import { stepsOf } from './steps.ts';
import { tableSteps } from './table-steps.ts';

/**
 * Lays a recorded run out over time. Pure.
 * @param connecting connect times of all floods together, by interval
 */
export function seriesOf(
  records: readonly TimelineRecord[],
  latency: LatencyLog,
  connecting: readonly LatencyValues[],
  { breakingPoint }: Summary,
): RunSeries {
  const log = sortRecords(records);
  // a run that was killed may end with a record of attempts that were due long before
  const end = records.reduce((latest, { t }) => Math.max(latest, t), STEP_SECONDS);
  const steps = stepsOf(end);
  const { samples } = log.tables.gateway;
  const firstLost = breakingPoint === null ? firstLostAt(log) : breakingPoint.firstFailureAtSeconds;
  return rounded({
    steps,
    table: tableSteps(samples, steps),
    states: statesOf(log),
    load: loadSteps(log, investigate(log, latency).evidence, steps),
    connecting: connectingIntervals(connecting),
    machine: machineOf(log),
    distribution: distribution(connecting, breakingPoint?.atSeconds ?? null),
    alerts: alertOutlooks(samples, log.meta.lab.capacity.effectiveMax, firstLost, end),
    firstLostAtSeconds: firstLost,
  });
}

function statesOf({ compositions }: RunLog): RunSeries['states'] {
  const listings = compositions.filter(({ t }) => t >= 0);
  const names = [...new Set(listings.flatMap(({ states }) => Object.keys(states)))].sort();
  const counts = names.map((name): [string, number[]] => [name, listings.map(({ states }) => states[name] ?? 0)]);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    t: listings.map(({ t }) => t),
    counts: Object.fromEntries(counts.toSorted(([, a], [, b]) => most(b) - most(a))),
  };
}

function machineOf({ machine }: RunLog): RunSeries['machine'] {
  const records = machine.filter(({ t }) => t >= 0);
  return {
    t: records.map(({ t }) => t),
    gatewayCpu: records.map(gatewayCpuShare),
    cpu: records.map(({ cpuShare }) => cpuShare),
    memory: records.map(({ memoryShare }) => memoryShare),
  };
}

function firstLostAt({ loads }: RunLog): number | null {
  return loads.reduce<number | null>(
    (first, { firstBadAt }) => (firstBadAt !== undefined && (first === null || firstBadAt < first) ? firstBadAt : first),
    null,
  );
}
