import type { HostRecord, KernelLogRecord } from '../model/timeline/sample.ts';
import type { Host } from '../platform/exec.ts';
import { RemoteProcess } from '../platform/remote/parent-side.ts';
import type { ProbeProcess } from './remote.ts';

export type MachineProcess = ProbeProcess<HostRecord | KernelLogRecord>;

/** Starts a process on `host` that will record CPU, memory and kernel log of its machine every 500 ms. */
export function launchMachineProbe(host: Host): MachineProcess {
  return new RemoteProcess(host, 'machine', [host.machine.id]);
}
