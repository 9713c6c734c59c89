import {
  METRIC_NAMES,
  METRICS,
  type MetricName,
  type MetricValues,
  parseSelector,
  type Selector,
} from '../../model/input/metrics.ts';
import type { FloodSummary } from '../../model/result/flood-summary.ts';
import type { LatencyLog } from '../../model/result/latency.ts';
import type { BreakingPoint, Summary } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';
import { ctloadCpuShare, gatewayCpuShare, othersCpuShare } from '../log/cpu.ts';
import type { RunLog } from '../log/run-log.ts';
import { failureRate, MetricCollector } from './collector.ts';

/** What is judged of a run besides its record. */
export interface MetricSources {
  readonly log: RunLog;
  readonly latency: LatencyLog;
  readonly point: BreakingPoint | null;
  /** With the causes of their failures named. */
  readonly floods: Readonly<Record<string, FloodSummary>>;
  readonly durationSeconds: number;
}

/** Reads metrics of a recorded run, breaking points and causes included. */
export type MetricReader = (selector: Selector, asked?: readonly string[]) => MetricValues;

export function metricReader({ log, latency, point, floods, durationSeconds }: MetricSources): MetricReader {
  const collector = new MetricCollector(log.meta);
  for (const load of log.loads) collector.load(load);
  for (const gauge of log.gauges) collector.gauge(gauge);
  for (const sample of log.tables.gateway.samples) collector.sample(sample);
  for (const netstat of log.netstat.client) collector.netstat(netstat);
  for (const { flood, phase, values } of latency) collector.latency(flood, phase, values);
  return (selector, asked) => {
    if (selector.tags['cause'] !== undefined) return failuresBy(selector, floods);
    const breaking = breakingPointValue(selector.name as MetricName, point);
    return breaking === undefined ? collector.read(selector, durationSeconds, asked) : gauge(breaking);
  };
}

/** The metrics under k6's types, and the sub-metrics that thresholds name. */
export function metricsOf(log: RunLog, visibility: Visibility, read: MetricReader): Summary['metrics'] {
  const named = log.meta.scenario.thresholds?.map(({ metric }) => metric) ?? [];
  const entries = [...new Set([...METRIC_NAMES, ...named])].flatMap((text) => {
    const selector = parseSelector(text);
    if (selector === undefined) return [];
    return [[text, { type: METRICS[selector.name as MetricName].type, values: read(selector) }] as const];
  });
  return { ...Object.fromEntries(entries), ...shares(log, visibility) };
}

function breakingPointValue(name: MetricName, point: BreakingPoint | null): number | undefined {
  switch (name) {
    case 'breaking_point_entries':
      return point?.entries;
    case 'breaking_point_rate':
      return point?.offeredRate;
    case 'breaking_point_seconds':
      return point?.atSeconds;
    default:
      return undefined;
  }
}

/** Share of the attempts that failed for one cause. */
function failuresBy({ tags: { cause, flood } }: Selector, floods: MetricSources['floods']): MetricValues {
  const selected = Object.entries(floods).filter(([name]) => flood === undefined || name === flood);
  const fails = selected.reduce((sum, [, { failures }]) => sum + (failures[cause as FailureCause] ?? 0), 0);
  return failureRate(
    fails,
    selected.reduce((sum, [, { attempted }]) => sum + attempted, 0),
  );
}

/** CPU and memory over the load. */
function shares({ machine, gatewayMachine, meta }: RunLog, visibility: Visibility): Summary['metrics'] {
  const during = machine.filter((record) => record.t > 0);
  if (during.length === 0) return {};
  const own = gatewayMachine.filter((record) => record.t > 0).map((record) => record.cpuShare);
  const trend = (values: readonly number[]) => ({
    type: 'gauge',
    values: { avg: values.reduce((sum, value) => sum + value, 0) / values.length, max: values.reduce((a, b) => Math.max(a, b)) },
  });
  return {
    host_cpu_share: trend(during.map((record) => record.cpuShare)),
    // A gateway that is not monitored may be on another machine.
    ...(meta.lab.capacity.method === 'unknown'
      ? {}
      : { gateway_cpu_share: trend(own.length > 0 ? own : during.map((record) => gatewayCpuShare(visibility, record))) }),
    ctload_cpu_share: trend(during.map(ctloadCpuShare)),
    ...(visibility.allProcesses
      ? { other_cpu_share: trend(during.map((record) => othersCpuShare(visibility, record) ?? 0)) }
      : {}),
    host_memory_share: trend(during.map((record) => record.memoryShare)),
  };
}

function gauge(value: number): MetricValues {
  return { value, avg: value, min: value, max: value };
}
