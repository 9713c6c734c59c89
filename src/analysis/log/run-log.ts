import type { IpvsRecord } from '../../model/timeline/ipvs.ts';
import type { NodeExporterRecord } from '../../model/timeline/node-exporter.ts';
import type { ProxyRecord } from '../../model/timeline/proxy.ts';
import type {
  AgentRecord,
  BackendRecord,
  ClockRecord,
  CompositionRecord,
  ConntrackRecord,
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
import { actionsIn, type DoneAction } from './capacity-course.ts';
import { checkDelays, type Delays } from './delays.ts';
import { firstDropIn, type GatewayLog, netstatTogether, severalGateways } from './gateways.ts';
import { lastBefore } from './last-before.ts';
import { busiestClient, isOf, MAIN, machineOf } from './machines.ts';
import { type RuleDrops, ruleDropsIn } from './rule-drops.ts';
import { TableReadings, type TableSeries } from './table.ts';

const SYN_RETRANSMISSIONS = 'TcpExtTCPSynRetrans';

/** A timeline sorted by kind, every kind in order of time. */
export interface RunLog extends Delays {
  readonly meta: MetaRecord;
  /** Time of the last record written. */
  readonly lastAt: number;
  /** The latest time of all: a run that was killed may end with a record of attempts that were due long before. */
  readonly latestAt: number;
  /** Of several gateways, the first to drop, else the fullest, with the counters of all: see `severalGateways`. */
  readonly tables: Readonly<Record<TableOwner, TableSeries>>;
  /** Every gateway by itself, where there are several; empty where there is one at most. */
  readonly gateways: readonly GatewayLog[];
  /** The ends only: the first of each host, the last before the load, the last. */
  readonly netstat: Readonly<Record<NetstatRecord['host'], readonly NetstatRecord[]>>;
  readonly compositions: readonly CompositionRecord[];
  /** Of the machine that the clients are on; of several, the busiest. */
  readonly machine: readonly HostRecord[];
  /** Its name. */
  readonly clientMachine: string;
  /** Of the gateway's machine, where it has one of its own. */
  readonly gatewayMachine: readonly HostRecord[];
  /** How the clock of the gateway's machine was read; undefined where it has none of its own. */
  readonly clock: ClockRecord | undefined;
  /** Of every machine whose clock was read. */
  readonly clocks: readonly ClockRecord[];
  readonly gauges: readonly GaugeRecord[];
  readonly events: readonly EventRecord[];
  /** Actions of the scenario that were carried out. */
  readonly actions: readonly DoneAction[];
  readonly kernelLog: readonly KernelLogRecord[];
  readonly samplers: readonly SamplerRecord[];
  readonly agents: readonly AgentRecord[];
  readonly backend: BackendRecord | undefined;
  /** Undefined when the load failed or was killed, and in records of earlier versions. */
  readonly tableCheck: TableCheckRecord | undefined;
  /** Undefined where the gateway has no rules of the user's own, or their counters are not known. */
  readonly ruleDrops: RuleDrops | undefined;
  /** Undefined with other dataplanes than ipvs. */
  readonly ipvs: IpvsRecord | undefined;
  /** Scrapes of a node_exporter beside the probe; none unless the scenario asked for it. */
  readonly nodeExporter: readonly NodeExporterRecord[];
  /** Undefined where the proxy is no program of its own, and when the load failed or was killed. */
  readonly proxy: ProxyRecord | undefined;
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
  const perGateway = new Map<string, OfOne>();
  const clients = new Map<string, OfOne>();
  const named = ({ gateway, client }: ConntrackRecord | NetstatRecord) => {
    if (gateway !== undefined) return entryFor(perGateway, gateway);
    return client === undefined ? undefined : entryFor(clients, client);
  };

  let lastAt = 0;
  let latestAt = 0;
  for (const record of records) {
    lastAt = record.t;
    latestAt = Math.max(latestAt, record.t);
    if (record.type === 'conntrack') (named(record)?.table ?? readings[record.host]).add(record);
    else if (record.type === 'netstat') (named(record)?.netstat ?? netstat[record.host]).add(record);
    else entryOf(byType, record.type).push(record);
  }
  const all = <Type extends TimelineRecord['type']>(type: Type) =>
    ((byType.get(type) ?? []) as Extract<TimelineRecord, { type: Type }>[]).sort(byTime);
  const [recorded] = all('meta');
  if (recorded === undefined) throw new Error('the timeline has no meta record');
  const events = all('event');
  const actions = actionsIn(events);
  const tables = new Map([...perGateway].map(([name, { table }]) => [name, table]));
  const several = severalGateways(recorded, tables, actions);
  const meta = several?.meta ?? recorded;
  const ofGateway = <Of extends { readonly gateway?: string }>(list: readonly Of[]) =>
    several === undefined
      ? list
      : list.filter(({ gateway = several.leading.facts.name }) => gateway === several.leading.facts.name);
  const ofGateways = (recorded.lab.gateways ?? []).filter(({ isClient }) => isClient !== true);
  const gatewayCounters = ofGateways.map(({ name }) => perGateway.get(name)?.netstat.records ?? []);
  const [clientMachine, gateway] = [busiestClient(meta, all('host')), machineOf(meta, 'gateway')];
  const clientCounters =
    clients.size === 0 ? netstat.client.records : netstatTogether([...clients.values()].map((one) => one.netstat.records));
  const counted = clientCounters.some(({ counters }) => SYN_RETRANSMISSIONS in counters);

  return {
    meta,
    lastAt,
    latestAt,
    tables: {
      gateway: several?.table ?? readings.gateway.series(meta, actions),
      client: clients.size === 0 ? readings.client.series() : worst([...clients.values()].map(({ table }) => table.series())),
      backend: readings.backend.series(),
      host: readings.host.series(),
    },
    gateways: several?.all ?? [],
    netstat: {
      client: clientCounters,
      gateway: several === undefined ? netstat.gateway.records : netstatTogether(gatewayCounters),
      backend: netstat.backend.records,
    },
    compositions: ofGateway(all('composition')),
    machine: all('host').filter((record) => isOf(clientMachine, record)),
    clientMachine,
    gatewayMachine: gateway === clientMachine ? [] : all('host').filter((record) => isOf(gateway, record)),
    clocks: all('clock'),
    clock: clockOf(all('clock'), meta),
    ...checkDelays(all('load'), counted ? rise(clientCounters, SYN_RETRANSMISSIONS) : undefined),
    gauges: all('gauge'),
    events,
    actions,
    kernelLog: all('kernel-log'),
    samplers: ofGateway(all('sampler')),
    agents: all('agent'),
    backend: all('backend').at(-1),
    tableCheck: ofGateway(all('table-check')).at(-1),
    ruleDrops: ruleDropsIn(all('rule-counters')),
    ipvs: all('ipvs').at(-1),
    nodeExporter: ofGateway(all('node-exporter')),
    proxy: all('proxy').at(-1),
    end: all('end').at(-1),
  };
}

/** What is read of one of several gateways or clients. */
interface OfOne {
  readonly table: TableReadings;
  readonly netstat: CounterEnds;
}

function entryFor(map: Map<string, OfOne>, name: string): OfOne {
  const known = map.get(name) ?? { table: new TableReadings(), netstat: new CounterEnds() };
  map.set(name, known);
  return known;
}

/** Of several clients' tables the first to drop a packet, else the one with the most entries. */
function worst(tables: readonly TableSeries[]): TableSeries {
  const dropping = tables.filter((table) => firstDropIn(table) !== undefined);
  const [first, ...rest] = (dropping.length > 0 ? dropping : tables) as [TableSeries, ...TableSeries[]];
  const rank = (table: TableSeries) => -(firstDropIn(table) ?? -table.peakEntries);
  return rest.reduce((a, b) => (rank(b) > rank(a) ? b : a), first);
}

/**
 * That of the gateway's machine; of clients on several machines the least certain of all that matter. Where all clients are on the
 * gateway's machine, other clocks say nothing of when it dropped.
 */
function clockOf(clocks: readonly ClockRecord[], meta: Pick<MetaRecord, 'lab'>): ClockRecord | undefined {
  const gateway = machineOf(meta, 'gateway');
  const clients = meta.lab.clients?.map(({ machine }) => machine) ?? [machineOf(meta, 'client')];
  if (gateway !== MAIN && clients.every((client) => client === gateway)) return undefined;
  const concerned = clocks.filter(({ machine }) => machine === gateway || (clients.length > 1 && clients.includes(machine)));
  const unsure = ({ errorSeconds, driftSeconds }: ClockRecord) => errorSeconds + Math.abs(driftSeconds);
  return concerned.toSorted((a, b) => unsure(a) - unsure(b)).at(-1) ?? clocks.at(-1);
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

/** How much a kernel counter of one host's namespace rose from the start of the load to the end, IPv6's packets included. */
export function rise(records: readonly NetstatRecord[], counter: string): number {
  const before = lastBefore(records, 0) ?? records[0];
  const names = new Set([counter, ipv6NameOf(counter)]);
  return [...names].reduce((sum, name) => sum + (records.at(-1)?.counters[name] ?? 0) - (before?.counters[name] ?? 0), 0);
}

/** What the counter is called in /proc/net/snmp6. TCP has one set of counters for both families: those keep their name. */
function ipv6NameOf(counter: string): string {
  if (counter === 'IpExtInNoRoutes') return 'Ip6InNoRoutes';
  return counter.replace(/^(Ip|Icmp|Udp)(?=[A-Z])/, (protocol) => `${protocol}6`).replace(/EchoReps$/, 'EchoReplies');
}

/** The one of `records` nearest in time to `t`. */
export function nearest<Timed extends { readonly t: number }>(records: readonly Timed[], t: number): Timed | undefined {
  let best: Timed | undefined;
  for (const record of records) {
    if (best === undefined || Math.abs(record.t - t) < Math.abs(best.t - t)) best = record;
  }
  return best;
}
