import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Lets this process yield the CPU to whoever wants it. Where the kernel shares CPUs between sessions first (sched_autogroup_enabled),
 * niceness counts only within one (sched(7)), so the session yields too, if it is this process's own.
 */
export function yieldCpu(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  try {
    if (sessionOf(readFileSync('/proc/self/stat', 'utf8')) === process.pid) {
      writeFileSync('/proc/self/autogroup', String(constants.priority.PRIORITY_LOW));
    }
  } catch {
    // a kernel without autogroups
  }
}

/** Of the fields after the command's name, which may contain spaces: state, parent, process group, session. */
function sessionOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}
