import { type Host, here } from '../../platform/exec.ts';
import { entry } from '../../platform/remote/entry.ts';
import { startTime } from '../host/processes.ts';
import { type JournalEntry, type Restored, readJournal } from './journal.ts';
import { LOCK_BUSY, lockIsFree, lockIsUsable, spawnLocked } from './lock.ts';
import { Replies } from './replies.ts';

const PATIENCE = 3; // seconds; whoever holds the lock longer has repaired it already

/**
 * Puts back, from `keeper`, the limits a killed guardian left changed. Undefined when there is nothing to repair, or when another
 * lease holds the lock: its guardian began with this very repair.
 * @throws {Error} when the guardian cannot start or the kernel refuses the old values.
 */
export async function repair(keeper: Host = here): Promise<Restored | undefined> {
  if (readJournal() === undefined || (keeper === here && !lockIsUsable())) return undefined;
  const guardian = spawnLocked('exclusive', PATIENCE, entry('processes/guardian'), keeper);
  const replies = new Replies(guardian);
  guardian.end(); // nothing to do but the repair
  const reply = await replies.next();
  const exit = await guardian.exited;
  if (reply?.type === 'failed') throw new Error(reply.message);
  if (reply === undefined && exit.code !== LOCK_BUSY) throw new Error(`the guardian did not start: ${exit.stderr.trim()}`);
  return reply?.type === 'ready' ? (reply.repaired ?? undefined) : undefined;
}

/** The journal of a lease that nobody holds any more; undefined while its run lives, and when there is none. */
export async function abandonedLease(): Promise<JournalEntry | undefined> {
  const journal = readJournal();
  if (journal === undefined) return undefined;
  const inForce = startTime(journal.owner) !== undefined && !(await lockIsFree('exclusive'));
  return inForce ? undefined : journal;
}
