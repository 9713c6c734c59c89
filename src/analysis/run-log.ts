import type {
  AgentRecord,
  BackendRecord,
  CompositionRecord,
  EndRecord,
  EventRecord,
  GaugeRecord,
  HostRecord,
  KernelLogRecord,
  LoadRecord,
  MetaRecord,
  NetstatRecord,
  SamplerRecord,
  TableOwner,
  TimelineRecord,
} from '../model/sample.ts';
import { type TableSeries, tableOf } from './table.ts';

/** A timeline sorted by kind, every kind in order of time. */
export interface RunLog {
  readonly meta: MetaRecord;
  readonly tables: Readonly<Record<TableOwner, TableSeries>>;
  readonly netstat: Readonly<Record<NetstatRecord['host'], readonly NetstatRecord[]>>;
  readonly compositions: readonly CompositionRecord[];
  readonly machine: readonly HostRecord[];
  readonly loads: readonly LoadRecord[];
  readonly gauges: readonly GaugeRecord[];
  readonly events: readonly EventRecord[];
  readonly kernelLog: readonly KernelLogRecord[];
  readonly samplers: readonly SamplerRecord[];
  readonly agents: readonly AgentRecord[];
  readonly backend: BackendRecord | undefined;
  /** Undefined when the run was killed. */
  readonly end: EndRecord | undefined;
}

/** @throws {Error} when there is no `meta` record; the reader has seen to that. */
export function sortRecords(records: readonly TimelineRecord[]): RunLog {
  const byType = new Map<TimelineRecord['type'], TimelineRecord[]>();
  for (const record of records) {
    const known = byType.get(record.type);
    if (known === undefined) byType.set(record.type, [record]);
    else known.push(record);
  }
  const all = <Type extends TimelineRecord['type']>(type: Type) =>
    ((byType.get(type) ?? []) as Extract<TimelineRecord, { type: Type }>[]).toSorted((a, b) => a.t - b.t);
  const [meta] = all('meta');
  if (meta === undefined) throw new Error('the timeline has no meta record');

  const conntrack = all('conntrack');
  const netstat = all('netstat');
  const table = (owner: TableOwner) =>
    tableOf(
      conntrack.filter((record) => record.host === owner),
      owner === 'gateway' ? meta : undefined,
    );
  const countersOf = (host: NetstatRecord['host']) => netstat.filter((record) => record.host === host);
  return {
    meta,
    tables: { gateway: table('gateway'), client: table('client'), backend: table('backend'), host: table('host') },
    netstat: { client: countersOf('client'), gateway: countersOf('gateway'), backend: countersOf('backend') },
    compositions: all('composition'),
    machine: all('host'),
    loads: all('load'),
    gauges: all('gauge'),
    events: all('event'),
    kernelLog: all('kernel-log'),
    samplers: all('sampler'),
    agents: all('agent'),
    backend: all('backend').at(-1),
    end: all('end').at(-1),
  };
}

/** Whether the gateway's table was read: of an external gateway it may be out of sight. */
export function tableIsKnown({ tables }: Pick<RunLog, 'tables'>): boolean {
  return tables.gateway.samples.length > 0;
}

/** How much a kernel counter of one host's namespace rose from the start of the load to the end. */
export function rise(records: readonly NetstatRecord[], counter: string): number {
  const before = lastBefore(records, 0) ?? records[0];
  return (records.at(-1)?.counters[counter] ?? 0) - (before?.counters[counter] ?? 0);
}

/** The last of `records`, which are in order of time, with `t` < `limit`. */
export function lastBefore<Timed extends { readonly t: number }>(records: readonly Timed[], limit: number): Timed | undefined {
  return records.findLast((record) => record.t < limit);
}

/** The one of `records` nearest in time to `t`. */
export function nearest<Timed extends { readonly t: number }>(records: readonly Timed[], t: number): Timed | undefined {
  let best: Timed | undefined;
  for (const record of records) {
    if (best === undefined || Math.abs(record.t - t) < Math.abs(best.t - t)) best = record;
  }
  return best;
}
