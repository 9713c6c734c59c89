import { entry } from '../platform/entry.ts';
import { type Restored, readJournal } from './journal.ts';
import { lockIsUsable, spawnLocked } from './lock.ts';
import { Replies } from './replies.ts';

const PATIENCE = 3; // seconds; whoever holds the lock longer has repaired it already

/**
 * Puts back the limits a killed guardian left changed. Undefined when there is nothing to repair, or when another lease holds
 * the lock: its guardian began with this very repair.
 * @throws {Error} when the kernel refuses the old values.
 */
export async function repair(): Promise<Restored | undefined> {
  if (readJournal() === undefined || !lockIsUsable()) return undefined;
  const guardian = spawnLocked('exclusive', PATIENCE, entry('lab/guardian'));
  const replies = new Replies(guardian);
  guardian.end(); // nothing to do but the repair
  const reply = await replies.next();
  await guardian.exited;
  if (reply?.type === 'failed') throw new Error(reply.message);
  return reply?.type === 'ready' ? (reply.repaired ?? undefined) : undefined;
}
