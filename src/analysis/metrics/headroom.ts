import type { Headroom } from '../../model/result/headroom.ts';
import type { HostRecord } from '../../model/timeline/sample.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';
import { ctloadCpuShare, gatewayCpuShare, othersCpuShare } from '../log/cpu.ts';
import { nearest, type RunLog } from '../log/run-log.ts';

/** Seconds around the break over which CPU and memory are averaged; clock ticks are too coarse for less. */
const SPAN = 0.5;

/** How CPU and memory looked when the table broke. */
export function headroomAt(
  { machine, gatewayMachine }: Pick<RunLog, 'machine' | 'gatewayMachine'>,
  visibility: Visibility,
  at: number | null,
): Headroom {
  const records = at === null ? [] : around(machine, at);
  const ownKernel = gatewayMachine.length > 0;
  const ofGateway = ownKernel && at !== null ? around(gatewayMachine, at) : records;
  return {
    gatewayCpuShareAtBreak: mean(ofGateway, (record) => (ownKernel ? record.cpuShare : gatewayCpuShare(visibility, record))),
    gatewayCpuIsUpperBound: !ownKernel,
    ...(ownKernel ? { gatewayProbeCpuShareAtBreak: mean(ofGateway, ctloadCpuShare) } : {}),
    gatewayMemoryShareAtBreak: mean(ofGateway, (record) => record.memoryShare),
    hostCpuShareAtBreak: mean(records, (record) => record.cpuShare),
    ctloadCpuShareAtBreak: mean(records, ctloadCpuShare),
    otherCpuShareAtBreak: visibility.allProcesses ? mean(records, (record) => othersCpuShare(visibility, record) ?? 0) : null,
  };
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
