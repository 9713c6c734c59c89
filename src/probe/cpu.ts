/** USER_HZ: the unit of /proc/stat and /proc/PID/stat, 100 on every architecture Node runs on (man 5 proc). */
const TICKS_PER_SECOND = 100;

/** CPU time of the whole machine since boot, in ticks of all CPUs together. */
export interface MachineTicks {
  readonly total: number;
  /** Everything except idle and I/O wait; time stolen by the hypervisor counts as busy. */
  readonly busy: number;
  readonly softirq: number;
}

/** Reads the first line of /proc/stat: `cpu user nice system idle iowait irq softirq steal guest guest_nice`. */
export function parseMachineTicks(text: string): MachineTicks {
  const fields = text.slice(0, text.indexOf('\n')).trim().split(/\s+/).slice(1, 9).map(Number); // guest is part of user
  const total = fields.reduce((sum, ticks) => sum + ticks, 0);
  const [, , , idle = 0, iowait = 0, , softirq = 0] = fields;
  return { total, busy: total - idle - iowait, softirq };
}

/**
 * CPU seconds used by a process and the children it has waited for, from /proc/PID/stat (fields 14 to 17; counted after the
 * command, which may itself contain spaces and parentheses).
 */
export function parseProcessSeconds(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_PER_SECOND;
}

/** `ticks` of /proc/stat in CPU seconds. */
export function ticksToSeconds(ticks: number): number {
  return ticks / TICKS_PER_SECOND;
}

/** Total and available memory in bytes, from /proc/meminfo. */
export function parseMemory(text: string): { readonly totalBytes: number; readonly availableBytes: number } {
  const bytesOf = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  return { totalBytes: bytesOf('MemTotal'), availableBytes: bytesOf('MemAvailable') };
}
