import type { MachineFacts } from '../../model/timeline/run.ts';
import { execute, type Host } from '../../platform/exec.ts';

const READ =
  'cat /proc/sys/kernel/osrelease /proc/sys/kernel/random/boot_id; grep -c "^processor" /proc/cpuinfo; grep MemTotal /proc/meminfo';

/** What the machine of `host` is, asked of a process there. @throws {CommandError} when that fails. */
export async function machineFacts(host: Host, virtualization?: string): Promise<MachineFacts> {
  const [kernel = '', bootId = '', cpus = '', memory = ''] = (await execute(['sh', '-c', READ], { host })).split('\n');
  return {
    kernel,
    cpus: Number(cpus),
    memoryBytes: 1024 * Number(/\d+/.exec(memory)?.[0]),
    bootId,
    ...(virtualization === undefined ? {} : { virtualization }),
  };
}
