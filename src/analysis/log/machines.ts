import type { HostMachines } from '../../model/timeline/run.ts';
import type { MetaRecord } from '../../model/timeline/sample.ts';

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
  const { machines, cpus } = meta.environment;
  return machines?.[machineOf(meta, host)]?.cpus ?? cpus;
}
