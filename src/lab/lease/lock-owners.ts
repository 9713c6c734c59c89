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
  return others.length === 0 ? 'another process' : others.join(', ');
}
