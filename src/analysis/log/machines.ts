import type { HostMachines } from '../../model/timeline/run.ts';
import type { HostRecord, MetaRecord } from '../../model/timeline/sample.ts';

/** The machine that ctload runs on, which records of it need not name. */
export const MAIN = 'main';

type Meta = Pick<MetaRecord, 'lab' | 'environment'>;

/** Name of the machine that `host` is on. */
export function machineOf({ lab }: Pick<Meta, 'lab'>, host: keyof HostMachines): string {
  return lab.hostMachines?.[host] ?? MAIN;
}

/** Whether a record of a machine is of `machine`. */
export function isOf(machine: string, record: { readonly machine?: string }): boolean {
  return (record.machine ?? MAIN) === machine;
}

/** Number of CPU cores of the machine that `host` is on. */
export function cpusOf(meta: Meta, host: keyof HostMachines): number {
  return cpusOn(meta, machineOf(meta, host));
}

/** Number of CPU cores of a machine. */
export function cpusOn({ environment: { machines, cpus } }: Pick<Meta, 'environment'>, machine: string): number {
  return machines?.[machine]?.cpus ?? cpus;
}

/** Of the machines that clients are on, the one with the least CPU time left during the load: it is what a load may wait for. */
export function busiestClient(meta: Meta, records: readonly HostRecord[]): string {
  const names = [...new Set(meta.lab.clients?.map(({ machine }) => machine) ?? [])];
  const shares = names.map((name) => {
    const during = records.filter((record) => record.t > 0 && isOf(name, record)).map(({ cpuShare }) => cpuShare);
    return during.reduce((sum, share) => sum + share, 0) / Math.max(1, during.length);
  });
  return names[shares.indexOf(Math.max(...shares))] ?? machineOf(meta, 'client');
}
