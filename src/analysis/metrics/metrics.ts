import {
  METRIC_NAMES,
  METRICS,
  type MetricName,
  type MetricValues,
  parseSelector,
  type Selector,
} from '../../model/input/metrics.ts';
import type { AlertRules } from '../../model/result/alerts/alert-rules.ts';
import type { FloodSummary } from '../../model/result/flood-summary.ts';
import type { LatencyLog } from '../../model/result/latency.ts';
import type { Recovery } from '../../model/result/recovery.ts';
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
  readonly recovery: Recovery | null;
  /** With the causes of their failures named. */
  readonly floods: Readonly<Record<string, FloodSummary>>;
  readonly durationSeconds: number;
  /** Undefined where no rules were evaluated. */
  readonly alertRules: AlertRules | undefined;
}

/** Reads metrics of a recorded run, breaking points and causes included. */
export type MetricReader = (selector: Selector, asked?: readonly string[]) => MetricValues;

export function metricReader({
  log,
  latency,
  point,
  recovery,
  floods,
  durationSeconds,
  alertRules,
}: MetricSources): MetricReader {
  const collector = new MetricCollector(log.meta);
  for (const load of log.loads) collector.load(load);
  for (const gauge of log.gauges) collector.gauge(gauge);
  const { samples, capacity } = log.tables.gateway;
  for (const sample of samples) collector.sample(sample, capacity.at(sample.t));
  for (const netstat of log.netstat.client) collector.netstat(netstat);
  for (const { flood, phase, values } of latency) collector.latency(flood, phase, values);
  return (selector, asked) => {
    if (selector.tags['cause'] !== undefined) return failuresBy(selector, floods);
    const name = selector.name as MetricName;
    if (name === 'alert_lead_seconds') return gauge(alertLead(selector, alertRules));
    const breaking = name === 'recovery_seconds' ? recoverySeconds(recovery) : breakingPointValue(name, point);
    return breaking === undefined ? collector.read(selector, durationSeconds, asked) : gauge(breaking);
  };
}

/** The metrics under k6's types, and the sub-metrics that thresholds name. */
export function metricsOf(log: RunLog, visibility: Visibility, read: MetricReader): Summary['metrics'] {
  const named = log.meta.scenario.thresholds?.map(({ metric }) => metric) ?? [];
  const entries = [...new Set([...METRIC_NAMES.filter((name) => name !== 'alert_lead_seconds'), ...named])].flatMap((text) => {
    const selector = parseSelector(text);
    if (selector === undefined) return [];
    const values = Object.entries(read(selector)).filter(([, value]) => Number.isFinite(value)); // JSON has no others
    return [[text, { type: METRICS[selector.name as MetricName].type, values: Object.fromEntries(values) }] as const];
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

/** Infinite for a table that broke and did not recover within the load, so that it meets no limit. */
function recoverySeconds(recovery: Recovery | null): number | undefined {
  return recovery === null ? undefined : (recovery.afterBreakSeconds ?? Number.POSITIVE_INFINITY);
}

/** NaN for an alert that did not fire, so that it meets no limit; infinitely early where nothing was lost. */
function alertLead({ tags: { alert } }: Selector, rules: AlertRules | undefined): number {
  const found = rules?.alerts.find(({ name }) => name === alert);
  if (found === undefined || found.firingAtSeconds === null) return Number.NaN;
  return found.leadSeconds ?? Number.POSITIVE_INFINITY;
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
