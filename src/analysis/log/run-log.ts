import type {
  AgentRecord,
  BackendRecord,
  ClockRecord,
  CompositionRecord,
  EndRecord,
  EventRecord,
  GaugeRecord,
  HostRecord,
  KernelLogRecord,
  MetaRecord,
  NetstatRecord,
  SamplerRecord,
  TableCheckRecord,
  TableOwner,
  TimelineRecord,
} from '../../model/timeline/sample.ts';
import { checkDelays, type Delays } from './delays.ts';
import { isOf, machineOf } from './machines.ts';
import { TableReadings, type TableSeries } from './table.ts';

const SYN_RETRANSMISSIONS = 'TcpExtTCPSynRetrans';

/** A timeline sorted by kind, every kind in order of time. */
export interface RunLog extends Delays {
  readonly meta: MetaRecord;
  /** Time of the last record written. */
  readonly lastAt: number;
  /** The latest time of all: a run that was killed may end with a record of attempts that were due long before. */
  readonly latestAt: number;
  readonly tables: Readonly<Record<TableOwner, TableSeries>>;
  /** The ends only: the first of each host, the last before the load, the last. */
  readonly netstat: Readonly<Record<NetstatRecord['host'], readonly NetstatRecord[]>>;
  readonly compositions: readonly CompositionRecord[];
  /** Of the machine that the clients are on. */
  readonly machine: readonly HostRecord[];
  /** Of the gateway's machine, where it has one of its own. */
  readonly gatewayMachine: readonly HostRecord[];
  /** How the clock of the gateway's machine was read; undefined where it has none of its own. */
  readonly clock: ClockRecord | undefined;
  readonly gauges: readonly GaugeRecord[];
  readonly events: readonly EventRecord[];
  readonly kernelLog: readonly KernelLogRecord[];
  readonly samplers: readonly SamplerRecord[];
  readonly agents: readonly AgentRecord[];
  readonly backend: BackendRecord | undefined;
  /** Undefined when the load failed or was killed, and in records of earlier versions. */
  readonly tableCheck: TableCheckRecord | undefined;
  /** Undefined when the run was killed. */
  readonly end: EndRecord | undefined;
}

/**
 * Sorts the records of a run, which may come one by one: of the many samples and counters only what is judged is kept.
 * @throws {Error} when there is no `meta` record; the reader has seen to that.
 */
export function sortRecords(records: Iterable<TimelineRecord>): RunLog {
  const byType = new Map<TimelineRecord['type'], TimelineRecord[]>();
  const readings: Record<TableOwner, TableReadings> = {
    gateway: new TableReadings(),
    client: new TableReadings(),
    backend: new TableReadings(),
    host: new TableReadings(),
  };
  const netstat = { client: new CounterEnds(), gateway: new CounterEnds(), backend: new CounterEnds() };
  let lastAt = 0;
  let latestAt = 0;
  for (const record of records) {
    lastAt = record.t;
    latestAt = Math.max(latestAt, record.t);
    if (record.type === 'conntrack') readings[record.host].add(record);
    else if (record.type === 'netstat') netstat[record.host].add(record);
    else entryOf(byType, record.type).push(record);
  }
  const all = <Type extends TimelineRecord['type']>(type: Type) =>
    ((byType.get(type) ?? []) as Extract<TimelineRecord, { type: Type }>[]).sort(byTime);
  const [meta] = all('meta');
  if (meta === undefined) throw new Error('the timeline has no meta record');
  const [client, gateway] = [machineOf(meta, 'client'), machineOf(meta, 'gateway')];
  const counted = netstat.client.records.some(({ counters }) => SYN_RETRANSMISSIONS in counters);

  return {
    meta,
    lastAt,
    latestAt,
    tables: {
      gateway: readings.gateway.series(meta),
      client: readings.client.series(),
      backend: readings.backend.series(),
      host: readings.host.series(),
    },
    netstat: { client: netstat.client.records, gateway: netstat.gateway.records, backend: netstat.backend.records },
    compositions: all('composition'),
    machine: all('host').filter((record) => isOf(client, record)),
    gatewayMachine: gateway === client ? [] : all('host').filter((record) => isOf(gateway, record)),
    clock: all('clock').at(-1),
    ...checkDelays(all('load'), counted ? rise(netstat.client.records, SYN_RETRANSMISSIONS) : undefined),
    gauges: all('gauge'),
    events: all('event'),
    kernelLog: all('kernel-log'),
    samplers: all('sampler'),
    agents: all('agent'),
    backend: all('backend').at(-1),
    tableCheck: all('table-check').at(-1),
    end: all('end').at(-1),
  };
}

/** Of one host's kernel counters what `rise` asks for: the first record, the last before the load, the last. */
class CounterEnds {
  #first: NetstatRecord | undefined;
  #before: NetstatRecord | undefined;
  #last: NetstatRecord | undefined;

  add(record: NetstatRecord): void {
    const { t } = record;
    if (this.#first === undefined || t < this.#first.t) this.#first = record;
    if (t < 0 && t >= (this.#before?.t ?? t)) this.#before = record;
    if (t >= (this.#last?.t ?? t)) this.#last = record;
  }

  /** In order of time. */
  get records(): NetstatRecord[] {
    const ends = [this.#first, this.#before, this.#last].filter((record) => record !== undefined);
    return [...new Set(ends)];
  }
}

function entryOf<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
}

function byTime(a: { readonly t: number }, b: { readonly t: number }): number {
  return a.t - b.t;
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
