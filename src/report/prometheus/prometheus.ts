import type { FloodSummary } from '../../model/result/flood-summary.ts';
import type { Report, RunReport } from '../../model/result/report.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { Phase } from '../../model/timeline/attempt.ts';
import { exposition, type Family, gauge, histogram, type Sample } from './exposition.ts';
import { NODE_EXPORTER_HELP, type NodeExporterMetric } from './node-exporter.ts';

/**
 * `metrics.prom`: results of a finished run, for node_exporter's textfile collector or a Pushgateway. What node_exporter
 * has is under its name, with its help and type (collector/conntrack_linux.go), so that dashboards and alerts work on it; the
 * rest is `ctload_…`. Labels are bounded: scenario, flood, cause, threshold, and the fixed words of a verdict.
 */
export const prometheusReport: Report = { file: 'metrics.prom', render: renderPrometheus };

/** Seconds; around a LAN's round trip below, around a kernel's SYN retransmissions (1, 2, 3, … s) above. */
const BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 3.5, 5, 10];

const PHASES: readonly (readonly [phase: Phase, name: string, help: string])[] = [
  ['connecting', 'connect_duration', 'Time from connect() to an established connection.'],
  ['waiting', 'response_wait', 'Time from a sent request or upgrade to the head of its response.'],
  ['duration', 'attempt_duration', 'Time from the intended start of an attempt to its end.'],
  ['schedule_lag', 'schedule_lag', "Time from the intended to the actual start of an attempt: the generator's own delay."],
];

function renderPrometheus(run: Pick<RunReport, 'summary' | 'latency'>): string {
  const { summary } = run;
  const families = [...aboutRun(summary), ...table(summary), ...breakingPoint(summary), ...load(summary), ...latencies(run)];
  return exposition(families, { scenario: summary.scenario.name });
}

function aboutRun({ run, environment, conntrack, verdict, thresholds }: Summary): Family[] {
  const { driver, kernel } = environment;
  return [
    gauge('ctload_run_info', 'What was run, and where.', [
      { labels: { driver, kernel, method: conntrack.method, version: run.version }, value: 1 },
    ]),
    gauge('ctload_run_start_timestamp_seconds', 'When the run started.', [{ value: Date.parse(run.startedAt) / 1000 }]),
    gauge('ctload_run_duration_seconds', 'Time from the start of the load to the end of the record.', [
      { value: run.durationSeconds },
    ]),
    gauge(
      'ctload_run_verdict',
      'Verdict of the run: 1 for the one that holds.',
      states('verdict', ['broke', 'held', 'inconclusive'], verdict.kind),
    ),
    gauge(
      'ctload_run_validity',
      'Whether the run proves what its verdict says: 1 for what holds.',
      states('validity', ['valid', 'generator-bound', 'inconclusive'], verdict.validity),
    ),
    gauge(
      'ctload_threshold_ok',
      'Whether a threshold of the scenario held.',
      thresholds.map(({ metric, expression, ok }) => ({ labels: { threshold: `${metric} ${expression}` }, value: Number(ok) })),
    ),
  ];
}

function table({ conntrack, metrics, accounting }: Summary): Family[] {
  const atEnd = metrics['conntrack_entries']?.values['value'];
  const { method, effectiveMax, drop, earlyDrop, insertFailed, peakEntries } = conntrack;
  if (method === 'unknown') return []; // no sample is better than a 0 that was not counted
  return [
    nodeExporter('node_nf_conntrack_entries', maybe(atEnd)),
    nodeExporter('node_nf_conntrack_entries_limit', [{ value: effectiveMax }]),
    nodeExporter('node_nf_conntrack_stat_drop', [{ value: drop }]),
    nodeExporter('node_nf_conntrack_stat_early_drop', [{ value: earlyDrop }]),
    nodeExporter('node_nf_conntrack_stat_insert_failed', [{ value: insertFailed }]),
    gauge('ctload_conntrack_entries_peak', "Most entries in the gateway's table during the run.", [{ value: peakEntries }]),
    gauge(
      'ctload_accounted_drops_ratio',
      'Retransmitted and abandoned SYNs per packet the kernel dropped; 1 is exact.',
      maybe(accounting.share),
    ),
  ];
}

function breakingPoint({ breakingPoint: point, headroom }: Summary): Family[] {
  return [
    gauge('ctload_breaking_point_entries', 'Entries in the table at the breaking point.', maybe(point?.entries)),
    gauge('ctload_breaking_point_time_seconds', 'Breaking point, seconds after the load started.', maybe(point?.atSeconds)),
    gauge(
      'ctload_breaking_point_connections_per_second',
      'New connections per second scheduled at the breaking point.',
      maybe(point?.offeredRate),
    ),
    gauge(
      'ctload_gateway_cpu_usage_ratio',
      'CPU that the gateway used at the breaking point, at most: softirq and its own processes, of all cores.',
      maybe(headroom.gatewayCpuShareAtBreak),
    ),
    gauge(
      'ctload_other_programs_cpu_usage_ratio',
      'CPU that other programs used at the breaking point, at the least, of all cores.',
      maybe(headroom.otherCpuShareAtBreak),
    ),
    gauge('ctload_gateway_memory_usage_ratio', 'Memory used at the breaking point.', maybe(headroom.gatewayMemoryShareAtBreak)),
  ];
}

function load({ floods, accounting }: Summary): Family[] {
  const each = (value: (flood: FloodSummary) => number): Sample[] =>
    Object.entries(floods).map(([name, flood]) => ({ labels: { flood: name }, value: value(flood) }));
  const failures = Object.entries(floods).flatMap(([flood, { failures: list }]) =>
    Object.entries(list).map(([cause, value]) => ({ labels: { flood, cause }, value })),
  );
  return [
    counter(
      'ctload_attempts_total',
      'Attempts started.',
      each(({ attempted }) => attempted),
    ),
    counter(
      'ctload_attempts_succeeded_total',
      'Attempts that reached their goal.',
      each(({ succeeded }) => succeeded),
    ),
    counter('ctload_attempts_failed_total', 'Attempts that failed, by cause.', failures),
    counter(
      'ctload_attempts_delayed_total',
      'Attempts that connected only after a SYN retransmission.',
      each(({ delayed }) => delayed),
    ),
    counter(
      'ctload_attempts_not_started_total',
      'Attempts the generator could not start in time.',
      each(({ notStarted }) => notStarted),
    ),
    counter('ctload_tcp_syn_retransmissions_total', "SYNs retransmitted by the clients' kernel.", [
      { value: accounting.synRetransmissions },
    ]),
  ];
}

function latencies({ latency }: Pick<RunReport, 'latency'>): Family[] {
  return PHASES.map(([phase, name, help]) => ({
    name: `ctload_${name}_seconds`,
    type: 'histogram',
    help,
    samples: latency
      .filter((series) => series.phase === phase)
      .flatMap(({ flood, values }) =>
        histogram(
          values.map(([ms, times]) => [ms / 1000, times]),
          BOUNDS,
          { flood },
        ),
      ),
  }));
}

function nodeExporter(name: NodeExporterMetric, samples: readonly Sample[]): Family {
  return gauge(name, NODE_EXPORTER_HELP[name], samples);
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

function states(label: string, all: readonly string[], current: string): Sample[] {
  return all.map((state) => ({ labels: { [label]: state }, value: Number(state === current) }));
}

function maybe(value: number | null | undefined): Sample[] {
  return value === null || value === undefined ? [] : [{ value }];
}
