import { totalFailed } from '../model/attempt.ts';
import type { BreakingPoint, Summary } from '../model/summary.ts';
import { failedShare } from './attribution.ts';
import { gatewayCpuShare } from './headroom.ts';
import { peakOpen, totalAttempts } from './load.ts';
import { type RunLog, rise } from './run-log.ts';
import { totalsOf } from './table.ts';

/** The metrics of design.md §4 that are plain numbers, under k6's types. */
export function metricsOf(log: RunLog, point: BreakingPoint | null): Summary['metrics'] {
  const counts = totalAttempts(log);
  const { effectiveMax } = log.meta.lab.capacity;
  const { samples, peakEntries } = log.tables.gateway;
  const { drop, earlyDrop, insertFailed } = totalsOf(log.tables.gateway);
  const last = samples.at(-1)?.entries ?? 0;
  const failed = totalFailed(counts);
  return {
    conns: counter(counts.attempted),
    conn_failed: { type: 'rate', values: { rate: failedShare(counts), fails: failed, passes: counts.attempted - failed } },
    conns_open: { type: 'gauge', values: { max: peakOpen(log) } },
    dropped_iterations: counter(counts.notStarted),
    conntrack_entries: { type: 'gauge', values: { value: last, max: peakEntries } },
    conntrack_utilization: { type: 'gauge', values: { value: last / effectiveMax, max: peakEntries / effectiveMax } },
    conntrack_drop: counter(drop),
    conntrack_early_drop: counter(earlyDrop),
    conntrack_insert_failed: counter(insertFailed),
    tcp_syn_retrans: counter(rise(log.netstat.client, 'TcpExtTCPSynRetrans')),
    ...shares(log),
    ...(point === null
      ? {}
      : {
          breaking_point_entries: gauge(point.entries),
          breaking_point_rate: gauge(point.offeredRate),
          breaking_point_seconds: gauge(point.atSeconds),
        }),
  };
}

/** CPU and memory over the load. */
function shares({ machine }: RunLog): Summary['metrics'] {
  const during = machine.filter((record) => record.t > 0);
  if (during.length === 0) return {};
  const trend = (values: readonly number[]) => ({
    type: 'gauge',
    values: { avg: values.reduce((sum, value) => sum + value, 0) / values.length, max: Math.max(...values) },
  });
  return {
    host_cpu_share: trend(during.map((record) => record.cpuShare)),
    gateway_cpu_share: trend(during.map(gatewayCpuShare)),
    host_memory_share: trend(during.map((record) => record.memoryShare)),
  };
}

function counter(count: number): Summary['metrics'][string] {
  return { type: 'counter', values: { count } };
}

function gauge(value: number): Summary['metrics'][string] {
  return { type: 'gauge', values: { value } };
}
