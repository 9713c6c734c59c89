import type { GatewayFacts } from '../../model/timeline/gateways.ts';
import type { MetaRecord, NetstatRecord } from '../../model/timeline/sample.ts';
import type { DoneAction } from './capacity-course.ts';
import { lastBefore } from './last-before.ts';
import type { TableReadings, TableSeries } from './table.ts';
import { TableRows, type TableSample } from './table-rows.ts';

/** The table of one gateway, where the load crosses several. */
export interface GatewayLog {
  readonly facts: GatewayFacts;
  readonly table: TableSeries;
}

/** The gateways of a path, seen as one. */
export interface SeveralGateways {
  /** In the order of the path. */
  readonly all: readonly GatewayLog[];
  /** The one that decides: see `leadingOf`. */
  readonly leading: GatewayLog;
  /** With the capacity, the settings and the machine of the leading one. */
  readonly meta: MetaRecord;
  /** The entries of the leading one; counters are those of all together. */
  readonly table: TableSeries;
}

/** Undefined where there is one gateway at most. `readings`: by name of the gateway. */
export function severalGateways(
  meta: MetaRecord,
  readings: ReadonlyMap<string, TableReadings>,
  actions: readonly DoneAction[],
): SeveralGateways | undefined {
  const all = (meta.lab.gateways ?? []).flatMap((facts): GatewayLog[] => {
    const table = readings.get(facts.name)?.series(metaOf(meta, facts), actions);
    return table === undefined ? [] : [{ facts, table }];
  });
  const leading = leadingOf(all);
  return leading === undefined ? undefined : { all, leading, meta: metaOf(meta, leading.facts), table: together(leading, all) };
}

/** The record of a run as if `facts` were its only gateway. */
export function metaOf<Meta extends Pick<MetaRecord, 'lab' | 'environment'>>(
  meta: Meta,
  { capacity, netns, sysctls, machine }: GatewayFacts,
): Meta {
  const { lab, environment } = meta;
  const main = { client: 'main', gateway: 'main', backend: 'main' };
  const hostMachines = machine === undefined ? lab.hostMachines : { ...(lab.hostMachines ?? main), gateway: machine };
  return {
    ...meta,
    environment: { ...environment, sysctls: { ...environment.sysctls, ...sysctls } },
    lab: { ...lab, capacity, gatewayNetns: netns, ...(hostMachines === undefined ? {} : { hostMachines }) },
  };
}

/** When the kernel first dropped a packet for want of an entry in this table, seconds; undefined when it never did. */
export function firstDropIn({ samples }: TableSeries): number | undefined {
  return samples.find(({ drop }) => drop > 0)?.t;
}

/** The first to drop a packet; where none did the first to evict a flow, and where none did that the fullest. */
function leadingOf(all: readonly GatewayLog[]): GatewayLog | undefined {
  const evicts = ({ samples }: TableSeries) => samples.find(({ earlyDrop }) => earlyDrop > 0)?.t;
  return earliest(all, firstDropIn) ?? earliest(all, evicts) ?? fullest(all);
}

function earliest(all: readonly GatewayLog[], timeOf: (table: TableSeries) => number | undefined): GatewayLog | undefined {
  const times = all.flatMap((gateway) => {
    const t = timeOf(gateway.table);
    return t === undefined ? [] : [{ gateway, t }];
  });
  return times.toSorted((a, b) => a.t - b.t)[0]?.gateway;
}

function fullest(all: readonly GatewayLog[]): GatewayLog | undefined {
  const share = ({ table }: GatewayLog) => table.peakEntries / table.peakCapacity;
  return all.toSorted((a, b) => share(b) - share(a))[0];
}

/** The leading table with the counters of all of them: what any of them drops is lost on the way. */
function together({ table }: GatewayLog, all: readonly GatewayLog[]): TableSeries {
  const others = all.map((gateway) => gateway.table).filter((other) => other !== table);
  const samples = new TableRows();
  const next = others.map(() => 0);
  const last = table.samples.length - 1;
  for (const [row, sample] of [...table.samples].entries()) {
    const counters = others.map((other, index) => {
      let at = next[index] ?? 0;
      while (at < other.samples.length && (row === last || (other.samples.at(at)?.t ?? 0) <= sample.t)) at++;
      next[index] = at;
      return other.samples.at(at - 1);
    });
    samples.push({ ...sample, ...summed([sample, ...counters]) });
  }
  const tables = [table, ...others];
  return {
    ...table,
    samples,
    totals: summed(tables.map(({ totals }) => totals)),
    counted: tables.every(({ counted }) => counted),
    chainTooLong: tables.reduce((sum, { chainTooLong }) => sum + chainTooLong, 0),
    clashResolved: tables.reduce((sum, { clashResolved }) => sum + clashResolved, 0),
    clashes: {
      packets: tables.reduce((sum, { clashes }) => sum + clashes.packets, 0),
      fromSeconds: Math.min(...tables.map(({ clashes }) => clashes.fromSeconds)),
      entries: table.clashes.entries,
    },
    impossible: tables.find(({ impossible }) => impossible !== undefined)?.impossible,
  };
}

type Counters = Pick<TableSample, 'drop' | 'earlyDrop' | 'insertFailed'>;

function summed(all: readonly (Counters | undefined)[]): Counters {
  const sum = (name: keyof Counters) => all.reduce((total, counters) => total + (counters?.[name] ?? 0), 0);
  return { drop: sum('drop'), earlyDrop: sum('earlyDrop'), insertFailed: sum('insertFailed') };
}

/** Network counters of several gateways, or several clients, as those of one: the last before the load, or the first there are, and the last. */
export function netstatTogether(gateways: readonly (readonly NetstatRecord[])[]): NetstatRecord[] {
  const read = gateways.filter((records) => records.length > 0);
  const [only] = read;
  if (read.length <= 1) return [...(only ?? [])];
  const before = read.flatMap((records) => lastBefore(records, 0) ?? records[0] ?? []);
  const after = read.flatMap((records) => records.at(-1) ?? []);
  return [sumOf(before), sumOf(after)];
}

function sumOf(records: readonly NetstatRecord[]): NetstatRecord {
  const counters: Record<string, number> = {};
  for (const record of records) {
    for (const [name, value] of Object.entries(record.counters)) counters[name] = (counters[name] ?? 0) + value;
  }
  return { type: 'netstat', t: Math.max(...records.map(({ t }) => t)), host: records[0]?.host ?? 'gateway', counters };
}
