import { messageOf } from '../../platform/errors.ts';
import { type Host, here } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { startTime } from '../host/processes.ts';
import type { GuardianCommand, GuardianReady, GuardianReply } from './guardian-messages.ts';
import { type JournalEntry, type Restored, readJournal } from './journal.ts';
import { LOCK_BUSY, lockIsFree, lockIsUsable, underLock } from './lock.ts';

export type GuardianProcess = RemoteProcess<GuardianCommand, GuardianReply, GuardianReady>;

const PATIENCE = 3; // seconds; a process that holds the lock longer has made the repair already

/**
 * Starts a guardian on `leaseHost` and waits until it is ready; undefined when the lock is still held after `waitSeconds`.
 * @throws {Error} with the reason when it cannot start, or cannot repair what a killed guardian left.
 */
export async function launchGuardian(
  leaseHost: Host,
  waitSeconds: number,
): Promise<{ readonly guardian: GuardianProcess; readonly repaired: Restored | undefined } | undefined> {
  const guardian: GuardianProcess = new RemoteProcess(leaseHost, 'guardian', [], underLock('exclusive', waitSeconds));
  try {
    const { repaired } = await guardian.ready();
    return { guardian, repaired: repaired ?? undefined };
  } catch (error) {
    const { code } = await guardian.finish();
    if (code === LOCK_BUSY) return undefined;
    throw new Error(messageOf(error));
  }
}

/**
 * Restores, from `leaseHost`, the limits a killed guardian left changed. Undefined when there is nothing to repair, or when
 * another lease holds the lock: its guardian started with this very repair.
 * @throws {Error} when the guardian cannot start or the kernel refuses the old values.
 */
export async function repair(leaseHost: Host = here): Promise<Restored | undefined> {
  if (readJournal() === undefined || (leaseHost === here && !lockIsUsable())) return undefined;
  const launched = await launchGuardian(leaseHost, PATIENCE);
  await launched?.guardian.finish(); // the repair was all it had to do
  return launched?.repaired;
}

/** The journal of a lease that no process holds any more; undefined while its run lives, and when there is no journal. */
export async function abandonedLease(): Promise<JournalEntry | undefined> {
  const journal = readJournal();
  if (journal === undefined) return undefined;
  const inForce = startTime(journal.owner) !== undefined && !(await lockIsFree('exclusive'));
  return inForce ? undefined : journal;
}
