import { identityOf, isAlive } from './processes.ts';

/** This process on `machine`, as objects that outlive a process name their owner. */
export function ownerOn(machine: string): string {
  const { pid, startTime } = identityOf(process.pid);
  return `${pid}.${startTime}@${machine}`;
}

/** Whether the process that `owner` names is gone. One on another machine than `machine`, this one, is not visible: it counts as alive. */
export function isOwnerGone(owner: string | undefined, machine: string): boolean {
  const [, pid, startTime, where] = /^(\d+)\.(\d+)@(.*)$/.exec(owner ?? '') ?? [];
  return where === machine && !isAlive({ pid: Number(pid), startTime: Number(startTime) });
}
