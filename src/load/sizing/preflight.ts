import { SERVICES } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { MachineFacts } from './machine.ts';
import { planProcesses, socketsAtPeak, socketsPerProcess } from './process-plan.ts';

// Measured at 100,000 connections, Node 20, kernel 6.18; without conntrack's own 384 bytes (facts of the kernel's slabs).
/** Of the kernel for the two sockets of a connection, and of the two processes that hold them. */
const BYTES_PER_CONNECTION = { websocket: 15_000, tcp: 12_500 } as const;
/** Of a process without connections, beside what it shares with all others. */
const BYTES_PER_PROCESS = 35_000_000;

/**
 * Makes sure that this machine can hold both ends of what `floods` hold open, no more than `most` connections, and the processes
 * that it takes.
 * @throws {CtloadError} exit 112 naming what there is too little of.
 */
export function requireResources(floods: readonly Flood[], machine: MachineFacts, most: number): void {
  const long = floods.filter((flood) => flood.kind === 'long');
  const wanted = long.reduce((sum, flood) => sum + socketsAtPeak(flood), 0);
  const held = Math.min(wanted, most);
  const reach = SERVICES * socketsPerProcess(machine.descriptors);
  const { agents, backends, peakHeld } = planProcesses(floods, machine);
  const processBytes = (agents + backends) * BYTES_PER_PROCESS;
  const bytes =
    processBytes +
    long.reduce((sum, flood) => sum + socketsAtPeak(flood) * BYTES_PER_CONNECTION[flood.protocol], 0) *
      (held / Math.max(1, wanted));
  if (held > reach) {
    throw unfit(
      `${number(held)} connections cannot be held: ${SERVICES} backend processes, each allowed ${number(machine.descriptors)} descriptors, take ${number(reach)}`,
      'hold fewer, or raise the hard limit: ulimit -Hn',
    );
  }
  if (2 * held > machine.files) {
    throw unfit(
      `${number(held)} connections have ${number(2 * held)} sockets here, and this machine may open ${number(machine.files)} more files`,
      'hold fewer, or raise the limit: sysctl fs.file-max',
    );
  }
  if (held > 0 && bytes > machine.memoryBytes) {
    throw unfit(
      `${number(held)} connections, both ends of them here, take about ${gigabytes(bytes)}, and ${gigabytes(machine.memoryBytes)} of memory are available`,
      'hold fewer, or less at the same time',
    );
  }
  if (processBytes > machine.memoryBytes) {
    throw unfit(
      `${number(peakHeld)} attempts at once, should nobody answer, need ${number(agents)} agents and ${number(backends)} backends of about ${gigabytes(processBytes)}, and ${gigabytes(machine.memoryBytes)} of memory are available`,
      'lower the rate, connectTimeout or responseTimeout of a flood, or use a machine with more memory',
    );
  }
}

function unfit(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit });
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
