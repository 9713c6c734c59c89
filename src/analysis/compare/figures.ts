import { metricNamed, parseSelector } from '../../model/input/metrics.ts';
import type { ComparedRun, RegressionLimit } from '../../model/result/comparison.ts';

/** One number of a run: a metric and how it is aggregated. */
export interface Figure {
  readonly metric: string;
  readonly aggregation: string;
}

/** What people ask first; those that no run has are left out. */
const ALWAYS: readonly Figure[] = [
  ...['breaking_point_entries', 'breaking_point_rate', 'breaking_point_seconds'].map(gauge),
  gauge('conntrack_utilization'),
  { metric: 'conn_failed', aggregation: 'rate' },
];
/** What only some runs have: a table that recovered, held connections that were lost. */
const WHERE_TOLD: readonly Figure[] = [gauge('recovery_seconds'), { metric: 'connections_lost', aggregation: 'count' }];
const AFTERWARDS: readonly Figure[] = [
  { metric: 'conn_connecting', aggregation: 'med' },
  ...['conn_connecting', 'conn_waiting', 'conn_duration', 'ws_connecting', 'schedule_lag'].map((metric) => ({
    metric,
    aggregation: 'p(99)',
  })),
  ...['conntrack_drop', 'conntrack_early_drop', 'tcp_syn_retrans', 'dropped_iterations'].map((metric) => ({
    metric,
    aggregation: 'count',
  })),
  { metric: 'gateway_cpu_share', aggregation: 'avg' },
];

/** The figures to compare: the usual ones, failures by cause and flood, and what a limit was put on. */
export function chooseFigures(runs: readonly ComparedRun[], limits: readonly RegressionLimit[]): Figure[] {
  const causes = new Set(
    runs.flatMap(({ summary }) => Object.values(summary.floods).flatMap(({ failures }) => Object.keys(failures))),
  );
  const floods = new Set(runs.flatMap(({ summary }) => Object.keys(summary.floods)));
  const parts = [
    ...[...causes].sort().map((cause) => `conn_failed{cause:${cause}}`),
    ...(floods.size > 1 ? [...floods].map((flood) => `conn_failed{flood:${flood}}`) : []),
  ];
  const told = WHERE_TOLD.filter(({ metric, aggregation }) =>
    runs.some(({ summary }) => (summary.metrics[metric]?.values[aggregation] ?? 0) > 0),
  );
  const usual = [...ALWAYS, ...told, ...parts.map((metric) => ({ metric, aggregation: 'rate' })), ...AFTERWARDS];
  const asked = limits.map((limit) => figureOf(limit, runs));
  const more = asked.filter((figure) => !usual.some((other) => sameFigure(other, figure)));
  return [...usual, ...more];
}

/** The figure a limit is about; the usual aggregation of its type when it names none. */
export function figureOf({ metric, aggregation }: RegressionLimit, runs: readonly ComparedRun[]): Figure {
  const usual = { counter: 'count', gauge: 'max', rate: 'rate', trend: 'p(99)' };
  return { metric, aggregation: aggregation ?? usual[typeOf(metric, runs) as keyof typeof usual] ?? 'value' };
}

export function sameFigure(a: Figure, b: Figure): boolean {
  return a.metric === b.metric && a.aggregation === b.aggregation;
}

/** The aggregation goes without saying where a metric is one number. */
export function nameOf({ metric, aggregation }: Figure): string {
  return metric.startsWith('breaking_point_') ||
    metric === 'recovery_seconds' ||
    aggregation === 'rate' ||
    aggregation === 'count'
    ? metric
    : `${metric} ${aggregation}`;
}

/** k6's type of a metric; `gauge` of those that only the summary knows. */
export function typeOf(metric: string, runs: readonly ComparedRun[]): string {
  const name = parseSelector(metric)?.name ?? metric;
  const listed = runs.find(({ summary }) => summary.metrics[metric] !== undefined)?.summary.metrics[metric]?.type;
  return metricNamed(name)?.type ?? listed ?? 'gauge';
}

/** What a run came to; undefined when it has no such figure. A run that held has its breaking point beyond any number. */
export function figureValue({ summary }: ComparedRun, { metric, aggregation }: Figure): number | undefined {
  const value = summary.metrics[metric]?.values[aggregation] ?? failureShare(summary.floods, metric);
  if (metric === 'recovery_seconds' && value === undefined) return outageOf(summary);
  const held = metric.startsWith('breaking_point_') && summary.verdict.kind === 'held';
  return value ?? (held ? Number.POSITIVE_INFINITY : undefined);
}

/** Seconds of outage of a run without `recovery_seconds`: none where the table held, and no end of it where it broke. */
function outageOf({ metrics, verdict }: ComparedRun['summary']): number | undefined {
  if (metrics['recovery_seconds'] === undefined) return undefined; // of an earlier version
  return verdict.kind === 'broke' ? Number.POSITIVE_INFINITY : verdict.kind === 'held' ? 0 : undefined;
}

/** `conn_failed` of a part that no threshold names, and that the summary's metrics therefore lack. */
function failureShare(floods: ComparedRun['summary']['floods'], metric: string): number | undefined {
  const selector = parseSelector(metric);
  if (selector?.name !== 'conn_failed') return undefined;
  const { cause, flood } = selector.tags;
  const chosen = Object.entries(floods).filter(([name]) => flood === undefined || name === flood);
  const attempted = chosen.reduce((sum, [, { attempted: count }]) => sum + count, 0);
  const failed = chosen
    .flatMap(([, { failures }]) => Object.entries(failures))
    .reduce((sum, [name, count]) => (cause === undefined || name === cause ? sum + count : sum), 0);
  return attempted === 0 ? undefined : failed / attempted;
}

function gauge(metric: string): Figure {
  return { metric, aggregation: 'max' };
}
