import type { HostRecord } from '../../model/timeline/sample.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';

/** How busy the machine was and with what, as shares of all its CPUs. */
export type Busy = Pick<HostRecord, 'cpuShare' | 'ctloadShare' | 'softirqShare' | 'gatewayShare'>;

/**
 * CPU of the gateway, at most. On a kernel that client and backend share, softirq, in which packets are forwarded, is not
 * counted by namespace, and it often runs on the time of the process that sent the packet: all of it, and the gateway's own
 * processes. Where these are not known, everything that ctload's own processes did not use.
 */
export function gatewayCpuShare({ allProcesses, gatewayProcesses = allProcesses }: Visibility, busy: Busy): number {
  if (gatewayProcesses) return busy.softirqShare + (busy.gatewayShare ?? 0);
  return Math.max(busy.cpuShare - busy.ctloadShare, busy.softirqShare);
}

/**
 * What other programs took, at the least: the kernel's softirq work runs on no process's time, or on that of the process it
 * interrupts. Undefined where ctload does not count the CPU time of all processes of the lab.
 */
export function othersCpuShare({ allProcesses }: Visibility, busy: Busy): number | undefined {
  if (!allProcesses) return undefined;
  return Math.max(0, busy.cpuShare - busy.ctloadShare - busy.softirqShare - (busy.gatewayShare ?? 0));
}

/** What ctload's own processes took: their time is counted more finely than the machine's, which it may exceed a little. */
export function ctloadCpuShare({ cpuShare, ctloadShare }: Busy): number {
  return Math.min(cpuShare, ctloadShare);
}

/** Means over [from, to]; a record stands for the time since the one before. Undefined when there is none. */
export function busyWithin(machine: readonly HostRecord[], from: number, to: number): Busy | undefined {
  let seconds = 0;
  const sums = { cpuShare: 0, ctloadShare: 0, softirqShare: 0, gatewayShare: 0 };
  for (const [index, record] of machine.entries()) {
    const within = Math.min(record.t, to) - Math.max(machine[index - 1]?.t ?? record.t, from);
    if (within <= 0) continue;
    seconds += within;
    sums.cpuShare += record.cpuShare * within;
    sums.ctloadShare += record.ctloadShare * within;
    sums.softirqShare += record.softirqShare * within;
    sums.gatewayShare += (record.gatewayShare ?? 0) * within;
  }
  if (seconds === 0) return undefined;
  const mean = (sum: number) => sum / seconds;
  return {
    cpuShare: mean(sums.cpuShare),
    ctloadShare: mean(sums.ctloadShare),
    softirqShare: mean(sums.softirqShare),
    gatewayShare: mean(sums.gatewayShare),
  };
}
