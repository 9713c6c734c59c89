import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Processes by inode of their network namespace, as far as visible (/proc/PID/ns/net needs ptrace rights). */
export function processesByNamespace(): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const pid of allProcesses()) {
    const inode = netnsOf(pid);
    if (inode === undefined) continue;
    const pids = found.get(inode);
    if (pids === undefined) found.set(inode, [pid]);
    else pids.push(pid);
  }
  return found;
}

/** All pids of this machine. */
export function allProcesses(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function netnsOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}/ns/net`).ino;
  } catch {
    return undefined; // ended, or not visible to us
  }
}

/** One process, and not another one that has its pid later. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: startTime(pid) ?? 0 };
}

/** Whether a process still runs, as far as this one can see: not from another PID namespace. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTime(identity.pid) === identity.startTime;
}

/** Start of a process in clock ticks after boot (field 22 of /proc/PID/stat): together with the pid it identifies one process. */
export function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the command may contain spaces; state is field 3
    return fields[0] === 'Z' ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
}
