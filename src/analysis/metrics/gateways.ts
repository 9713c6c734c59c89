import type { GatewayTableSummary } from '../../model/result/conntrack-summary.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import { firstDropIn, type GatewayLog } from '../log/gateways.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import { entriesPerConnection } from '../log/per-connection.ts';
import type { RunLog } from '../log/run-log.ts';
import type { TableSeries } from '../log/table.ts';

type GatewayInputs = Pick<RunLog, 'gateways' | 'loads' | 'meta' | 'clocks'>;

/** Every one of several gateways' tables; undefined where there is one gateway at most. */
export function summarizeGateways(log: GatewayInputs): GatewayTableSummary[] | undefined {
  if (log.gateways.length === 0) return undefined;
  const first = new Set(firstToDrop(log).map(({ facts }) => facts.name));
  const untilFull = Math.min(
    loadEnd(log.loads),
    ...log.gateways.map(({ table }) => firstDropIn(table) ?? Number.POSITIVE_INFINITY),
  );
  return log.gateways.map(({ facts, table }) => ({
    name: facts.name,
    effectiveMax: facts.capacity.effectiveMax,
    peakEntries: table.peakEntries,
    entriesBefore: entriesBefore(table),
    entriesPerConnection: entriesPerConnection(table.samples, log.loads, entriesBefore(table), untilFull),
    drop: table.totals.drop,
    earlyDrop: table.totals.earlyDrop,
    firstDropAtSeconds: firstDropIn(table) ?? null,
    isFirst: first.has(facts.name),
    tracksLoad: showsLoad(table, log.loads),
  }));
}

function entriesBefore({ samples }: TableSeries): number {
  return samples.at(0)?.entries ?? 0;
}

/** When the last attempts were due, seconds. */
function loadEnd(loads: readonly LoadRecord[]): number {
  return loads.reduce((end, { t, attempted = 0 }) => (attempted > 0 ? Math.max(end, t + LOAD_BUCKET) : end), 0);
}

/**
 * The gateways whose table dropped first: more than one where their times cannot be told apart. A drop is known by the sample that
 * first shows it, so by one sampling interval, and on different machines by what their clocks may be wrong.
 */
export function firstToDrop({ gateways, meta, clocks }: Omit<GatewayInputs, 'loads'>): GatewayLog[] {
  const drops = gateways.flatMap((gateway) => {
    const t = firstDropIn(gateway.table);
    return t === undefined ? [] : [{ gateway, t, error: clockError(gateway, clocks) }];
  });
  const first = drops.toSorted((a, b) => a.t - b.t)[0];
  if (first === undefined) return [];
  const interval = meta.lab.intervalMs / 1000;
  const near = drops.filter(({ gateway, t, error }) => {
    const clock = gateway.facts.machine === first.gateway.facts.machine ? 0 : error + first.error;
    return t - first.t <= interval + clock;
  });
  return near.map(({ gateway }) => gateway);
}

function clockError({ facts }: GatewayLog, clocks: GatewayInputs['clocks']): number {
  const clock = clocks.findLast(({ machine }) => machine === facts.machine);
  return clock === undefined ? 0 : clock.errorSeconds + Math.abs(clock.driftSeconds);
}

/**
 * Whether a table moved as connections were made. A tracked one leaves its entry for a second at the least (the shortest timeout
 * there can be), so the table must rise by what is connected within one bucket of the record; where it dropped packets it is full.
 */
export function showsLoad({ samples, peakEntries, totals }: TableSeries, loads: readonly LoadRecord[]): boolean {
  const first = samples.at(0);
  if (first === undefined || totals.drop > 0) return true;
  const most = loads.reduce((sum, { connected = 0 }) => Math.max(sum, connected), 0);
  return peakEntries - first.entries >= most / 2;
}
