import type { Headroom } from '../../model/result/summary.ts';
import type { HostRecord } from '../../model/timeline/sample.ts';
import { nearest } from '../log/run-log.ts';

/** Seconds around the break over which CPU and memory are averaged; clock ticks are too coarse for less. */
const SPAN = 0.5;

/** How CPU and memory looked when the table broke. */
export function headroomAt(machine: readonly HostRecord[], at: number | null): Headroom {
  const records = at === null ? [] : around(machine, at);
  return {
    gatewayCpuShareAtBreak: mean(records, gatewayCpuShare),
    gatewayMemoryShareAtBreak: mean(records, (record) => record.memoryShare),
    hostCpuShareAtBreak: mean(records, (record) => record.cpuShare),
  };
}

/**
 * CPU that ctload's own processes did not use. Forwarding runs in softirq, often on the time of the process that sent the
 * packet (unless CONFIG_IRQ_TIME_ACCOUNTING), so all softirq time counts as the gateway's.
 */
export function gatewayCpuShare(record: HostRecord): number {
  return Math.max(record.cpuShare - record.ctloadShare, record.softirqShare);
}

function around(records: readonly HostRecord[], at: number): readonly HostRecord[] {
  const near = records.filter((record) => Math.abs(record.t - at) <= SPAN);
  if (near.length > 0) return near;
  const one = nearest(records, at);
  return one === undefined ? [] : [one];
}

function mean(records: readonly HostRecord[], value: (record: HostRecord) => number): number | null {
  return records.length === 0 ? null : records.reduce((sum, record) => sum + value(record), 0) / records.length;
}
