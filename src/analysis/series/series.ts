import type { LatencyValues } from '../../model/result/latency.ts';
import { type RunSeries, STEP_SECONDS } from '../../model/result/series.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';
import type { RunFacts } from '../facts.ts';
import { gatewayCpuShare } from '../log/cpu.ts';
import { listingsInRow } from '../log/listings.ts';
import { firstAffected } from '../log/load.ts';
import { nearest, type RunLog } from '../log/run-log.ts';
import { rounded } from '../statistics/round.ts';
import { alertOutlooks } from './alerts.ts';
import { connectTimes } from './connecting.ts';
import { loadSteps } from './load-steps.ts';
import { stepsOf } from './steps.ts';
import { tableSteps } from './table-steps.ts';

/**
 * Lays a recorded run out over time. Pure.
 * @param connecting connect times of all floods together, by interval; gone through once
 */
export function seriesOf({ log, visibility, losses, breakingPoint }: RunFacts, connecting: Iterable<LatencyValues>): RunSeries {
  const end = Math.max(STEP_SECONDS, log.latestAt);
  const steps = stepsOf(end);
  const firstLost = firstLostAt({ log, breakingPoint });
  const { intervals, distribution } = connectTimes(connecting, breakingPoint?.atSeconds ?? null);
  return rounded({
    steps,
    table: tableSteps(log.tables.gateway, steps),
    ...(log.gateways.length === 0
      ? {}
      : { gateways: log.gateways.map(({ facts, table }) => ({ name: facts.name, ...tableSteps(table, steps) })) }),
    states: statesOf(log),
    load: loadSteps(log, losses.failures, steps),
    connecting: intervals,
    machine: machineOf(log, visibility),
    distribution,
    alerts: alertOutlooks(log.tables.gateway, firstLost, end),
    actions: log.actions.map(({ t, ...action }) => ({ atSeconds: t, action })),
    firstLostAtSeconds: firstLost,
  });
}

/** When the first attempt that failed or was delayed was scheduled, seconds; null when none was. */
export function firstLostAt({ log, breakingPoint }: Pick<RunFacts, 'log' | 'breakingPoint'>): number | null {
  return breakingPoint === null ? firstAffected(log.loads) : breakingPoint.firstFailureAtSeconds;
}

function statesOf({ compositions }: Pick<RunLog, 'compositions'>): RunSeries['states'] {
  const listings = listingsInRow(compositions);
  const names = [...new Set(listings.flatMap(({ states }) => Object.keys(states)))].sort();
  const counts = names.map((name): [string, number[]] => [name, listings.map(({ states }) => states[name] ?? 0)]);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
  return {
    t: listings.map(({ t }) => t),
    counts: Object.fromEntries(counts.toSorted(([, a], [, b]) => most(b) - most(a))),
  };
}

function machineOf(
  { machine, gatewayMachine }: Pick<RunLog, 'machine' | 'gatewayMachine'>,
  visibility: Visibility,
): RunSeries['machine'] {
  const records = machine.filter(({ t }) => t >= 0);
  return {
    t: records.map(({ t }) => t),
    gatewayCpu: records.map((record) => nearest(gatewayMachine, record.t)?.cpuShare ?? gatewayCpuShare(visibility, record)),
    cpu: records.map(({ cpuShare }) => cpuShare),
    memory: records.map(({ memoryShare }) => memoryShare),
  };
}
