import { readFileSync } from 'node:fs';

/** One of the CPUs that this process may run on, and the rest of them. */
export interface SamplerCpu {
  /** The samplers'. */
  readonly own: number;
  /** `0-1,3`, as taskset(1) takes it. */
  readonly others: string;
}

/**
 * Which CPU is the samplers': the last. A listing of a large table is one system call, which a kernel without preemption (PREEMPT_NONE,
 * PREEMPT_VOLUNTARY) does not interrupt even for a real-time process: 4 million entries take a second, in which a sampler on the same CPU
 * sees nothing (kernel 6.18). Undefined where there is only one CPU.
 * @param allowed the list as /proc/PID/status has it; this process's by default
 */
export function samplerCpu(allowed: string = allowedHere()): SamplerCpu | undefined {
  const ranges = allowed.split(',').map((range) => range.split('-').map(Number));
  const [first = Number.NaN, last = first] = ranges.at(-1) ?? [];
  if (!Number.isInteger(last)) return undefined;
  const before = last > first ? [first === last - 1 ? `${first}` : `${first}-${last - 1}`] : [];
  const others = [...allowed.split(',').slice(0, -1), ...before].join(',');
  return others === '' ? undefined : { own: last, others };
}

function allowedHere(): string {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '';
}
