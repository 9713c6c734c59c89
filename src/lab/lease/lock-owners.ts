import { readFileSync, statSync } from 'node:fs';
import { LOCK_FILE } from '../host/names.ts';
import { Registry } from '../host/registry.ts';
import { readJournal } from './journal.ts';

/** Which runs most likely hold the lock, for messages: the run of the journal, else every live run on this host except `self`. */
export function describeLockOwners(self?: string): string {
  const lease = readJournal();
  if (lease !== undefined && lease.runId !== self) return `run ${lease.runId} (pid ${lease.owner})`;
  const registry = new Registry();
  const others = registry
    .ids()
    .filter((id) => id !== self)
    .flatMap((id) => {
      const entry = registry.live(id);
      return entry === undefined ? [] : [`run ${id} (pid ${entry.pid})`];
    });
  return others.length === 0 ? holdersOf(LOCK_FILE) : others.join(', ');
}

/** Who holds a lock on `file`, by the kernel's list (man 5 proc, /proc/locks): `process 12 (cat) of user alice`. */
export function holdersOf(file: string): string {
  let inode: number;
  let locks: string;
  try {
    inode = statSync(file).ino;
    locks = readFileSync('/proc/locks', 'utf8');
  } catch {
    return 'another process';
  }
  const pids = locks.split('\n').flatMap((line) => {
    const [, pid, at] = /^\d+: FLOCK +\w+ +\w+ (\d+) \w+:\w+:(\d+) /.exec(line) ?? [];
    return Number(at) === inode && Number(pid) > 0 ? Number(pid) : [];
  });
  return [...new Set(pids)].map(describeHolder).join(', ') || 'another process';
}

function describeHolder(pid: number): string {
  try {
    const { uid } = statSync(`/proc/${pid}`);
    return `process ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}) of user ${nameOf(uid)}`;
  } catch {
    return `process ${pid}`; // it has ended, or is hidden
  }
}

function nameOf(uid: number): string {
  const user = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.split(':')[2] === String(uid));
  return user?.split(':')[0] ?? String(uid);
}
