import { type MetricName, type MetricValues, metricNamed, type Selector } from '../../model/input/metrics.ts';
import type { TimedCount } from '../../model/result/latency.ts';
import { type AttemptCounts, addAttempts, noAttempts, type Phase, totalFailed } from '../../model/timeline/attempt.ts';
import type { GaugeRecord, LoadRecord, MetaRecord, NetstatRecord } from '../../model/timeline/sample.ts';
import type { TableSample } from '../log/table-rows.ts';
import { GaugeSink, TrendSink } from './sinks.ts';

/** What was timed for the trends. A WebSocket is connected when its upgrade is answered, so all of its start counts. */
const PHASE_OF: Readonly<Partial<Record<MetricName, Phase>>> = {
  conn_connecting: 'connecting',
  conn_waiting: 'waiting',
  conn_duration: 'duration',
  schedule_lag: 'schedule_lag',
  ws_connecting: 'duration_uncorrected',
  ws_session_duration: 'session',
};

/** Everything one flood adds to the metrics. */
interface FloodSinks {
  readonly kind: string;
  readonly counts: AttemptCounts;
  readonly open: GaugeSink;
  readonly trends: Map<string, TrendSink>;
  openNow: number;
}

/**
 * Folds a run's record into the metrics of a run, as it happens or afterwards: thresholds that stop a load and the summary
 * see the same numbers. Records of one type have to come in order of time.
 */
export class MetricCollector {
  readonly #floods: ReadonlyMap<string, FloodSinks>;
  readonly #open = new GaugeSink();
  readonly #entries = new GaugeSink();
  readonly #utilization = new GaugeSink();
  /** Undefined while no sample of the gateway's table has come. */
  #table: Pick<TableSample, 'drop' | 'earlyDrop' | 'insertFailed'> | undefined;
  /** By client: SYNs retransmitted before the load, and now. */
  readonly #retransmissions = new Map<string, { readonly before: number; readonly value: number }>();

  constructor({ scenario }: Pick<MetaRecord, 'scenario'>) {
    this.#open.set(0, 0);
    this.#floods = new Map(scenario.floods.map(({ name, kind }) => [name, emptySinks(kind)]));
  }

  load(record: LoadRecord): void {
    const flood = this.#floods.get(record.flood);
    if (flood !== undefined) addAttempts(flood.counts, record);
  }

  gauge({ t, flood: name, open }: GaugeRecord): void {
    const flood = this.#floods.get(name);
    if (flood === undefined) return;
    flood.open.set(t, open);
    flood.openNow = open;
    this.#open.set(
      t,
      [...this.#floods.values()].reduce((sum, { openNow }) => sum + openNow, 0),
    );
  }

  /** A sample of the gateway's table, and how many entries that took then. */
  sample(sample: TableSample, capacity: number): void {
    this.#entries.set(sample.t, sample.entries);
    this.#utilization.set(sample.t, sample.entries / capacity);
    this.#table = sample;
  }

  /** Counters of a client's namespace. */
  netstat({ t, counters, client = '' }: Pick<NetstatRecord, 't' | 'counters' | 'client'>): void {
    const value = counters['TcpExtTCPSynRetrans'] ?? 0;
    const { before } = this.#retransmissions.get(client) ?? { before: value };
    this.#retransmissions.set(client, { before: t < 0 ? value : before, value });
  }

  latency(flood: string, phase: string, values: Iterable<TimedCount>): void {
    const trends = this.#floods.get(flood)?.trends;
    if (trends === undefined) return;
    const trend = trends.get(phase) ?? new TrendSink();
    trend.add(values);
    trends.set(phase, trend);
  }

  /**
   * What a metric has come to `seconds` after the start of the load. Empty for what had no sample, and for what only the
   * whole record tells: causes and breaking points.
   * @param asked percentiles beyond the usual ones, e.g. `p(99.9)`
   */
  read({ name, tags }: Selector, seconds: number, asked: readonly string[] = []): MetricValues {
    const metric = name as MetricName;
    const phase = PHASE_OF[metric];
    const floods = this.#selected(metric, tags['flood']);
    if (phase !== undefined) return merged(floods, phase).values(asked);
    switch (metric) {
      case 'conns':
        return counter(sumOf(floods, 'attempted'), seconds);
      case 'connections_lost':
        return counter(sumOf(floods, 'disconnected'), seconds);
      case 'dropped_iterations':
        return counter(sumOf(floods, 'notStarted'), seconds);
      case 'conn_failed':
        return failureRate(
          floods.reduce((sum, { counts }) => sum + totalFailed(counts), 0),
          sumOf(floods, 'attempted'),
        );
      case 'conns_open':
        return (tags['flood'] === undefined ? this.#open : floods[0]?.open)?.values(seconds) ?? {};
      case 'conntrack_entries':
        return this.#entries.values(seconds);
      case 'conntrack_utilization':
        return this.#utilization.values(seconds);
      case 'conntrack_drop':
        return counter(this.#table?.drop, seconds);
      case 'conntrack_early_drop':
        return counter(this.#table?.earlyDrop, seconds);
      case 'conntrack_insert_failed':
        return counter(this.#table?.insertFailed, seconds);
      case 'tcp_syn_retrans':
        return counter(risen(this.#retransmissions.values()), seconds);
      default:
        return {};
    }
  }

  #selected(metric: MetricName, flood: string | undefined): FloodSinks[] {
    const kinds: readonly string[] | undefined = metricNamed(metric)?.kinds;
    return [...this.#floods]
      .filter(([name, { kind }]) => (flood === undefined || name === flood) && (kinds === undefined || kinds.includes(kind)))
      .map(([, sinks]) => sinks);
  }
}

function emptySinks(kind: string): FloodSinks {
  const open = new GaugeSink();
  open.set(0, 0);
  return { kind, counts: noAttempts(), open, trends: new Map(), openNow: 0 };
}

function sumOf(floods: readonly FloodSinks[], counter: 'attempted' | 'notStarted' | 'disconnected'): number {
  return floods.reduce((sum, { counts }) => sum + counts[counter], 0);
}

function risen(counters: Iterable<{ readonly before: number; readonly value: number }>): number {
  return [...counters].reduce((sum, { before, value }) => sum + value - before, 0);
}

function merged(floods: readonly FloodSinks[], phase: Phase): TrendSink {
  const sum = new TrendSink();
  for (const { trends } of floods) sum.add(trends.get(phase)?.recorded ?? []);
  return sum;
}

/** k6's counter; the rate is per second of the whole run. Nothing for what was not counted. */
function counter(count: number | undefined, seconds: number): MetricValues {
  return count === undefined ? {} : { count, rate: seconds > 0 ? count / seconds : 0 };
}

/** k6's rate; nothing attempted is no sample. */
export function failureRate(fails: number, attempted: number): MetricValues {
  return { ...(attempted > 0 ? { rate: fails / attempted } : {}), fails, passes: attempted - fails };
}
