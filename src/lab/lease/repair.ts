import { readFileSync } from 'node:fs';
import { messageOf } from '../../platform/errors.ts';
import { type Host, here } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { mayWriteLimits } from '../host/limits.ts';
import { startTime } from '../host/processes.ts';
import type { GuardianCommand, GuardianReady, GuardianReply } from './guardian-messages.ts';
import { isOrphaned, type JournalEntry, type Restored, readJournal } from './journal.ts';
import { LOCK_BUSY, lockIsFree, lockIsUsable, USERS_BUSY, underLock, underUsersLock } from './lock.ts';

export type GuardianProcess = RemoteProcess<GuardianCommand, GuardianReply, GuardianReady>;

const END_SECONDS = 3;
const PATIENCE = 3; // seconds; a process that holds the lock longer has made the repair already

/**
 * Starts a guardian on `leaseHost` and waits until it is ready; `busy` when root's lock is still held after `waitSeconds`, `users`
 * when that of runs without root is held and `heeded`.
 * @throws {Error} with the reason when it cannot start, or cannot repair what a killed guardian left.
 */
export async function launchGuardian(
  leaseHost: Host,
  waitSeconds: number,
  users: 'heeded' | 'ignored',
): Promise<
  { readonly guardian: GuardianProcess; readonly pid: number; readonly repaired: Restored | undefined } | 'busy' | 'users'
> {
  const under = [...underLock('exclusive', waitSeconds), ...(users === 'heeded' ? underUsersLock() : [])];
  const guardian: GuardianProcess = new RemoteProcess(leaseHost, 'guardian', [], under);
  try {
    const { pid, repaired } = await guardian.ready();
    return { guardian, pid, repaired: repaired ?? undefined };
  } catch (error) {
    let code: number | null = null;
    void guardian.exited.then((exit) => {
      code = exit.code;
    });
    await guardian.close({ seconds: END_SECONDS }); // what it may have begun to repair is in the journal
    if (code === LOCK_BUSY) return 'busy';
    if (code === USERS_BUSY) return 'users';
    throw error;
  }
}

/**
 * Restores, from `leaseHost`, the limits a killed guardian left changed. Undefined when there is nothing to repair, or when
 * another lease holds the lock: its guardian started with this very repair.
 * @throws {Error} when the guardian cannot start or the kernel refuses the old values.
 */
export async function repair(leaseHost: Host = here): Promise<Restored | undefined> {
  if (readJournal() === undefined || (leaseHost === here && !lockIsUsable())) return undefined;
  const launched = await launchGuardian(leaseHost, PATIENCE, 'ignored'); // nobody relies on the limits of a dead run
  if (typeof launched === 'string') return undefined;
  await launched.guardian.close({ seconds: END_SECONDS }); // the repair was all it had to do
  return launched.repaired;
}

/**
 * Restores the limits of `runId`, whose guardian `pid` was started on `leaseHost` and no longer answers. Where that is not possible
 * because the way to `leaseHost` is gone, root does it from here, in place of the guardian if that still runs.
 * @throws {Error} when they are still changed.
 */
export async function repairLost(runId: string, leaseHost: Host, pid: number): Promise<Restored | undefined> {
  let why = 'another process holds the lock';
  const tried = async (host: Host): Promise<Restored | undefined> => {
    try {
      return await repair(host);
    } catch (error) {
      why = messageOf(error);
      return undefined;
    }
  };
  let restored = await tried(leaseHost);
  if (readJournal()?.runId === runId && leaseHost !== here && mayWriteLimits()) {
    endGuardian(pid);
    restored = await tried(here);
  }
  if (readJournal()?.runId !== runId) return restored;
  throw new Error(
    `the conntrack limits are still changed (${why}); the guardian restores them when ctload has ended, or else \`ctload clean\` does`,
  );
}

/** Kills the guardian `pid`, should it be one of this PID namespace: what it was to restore is in the journal. */
function endGuardian(pid: number): void {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('processes/guardian.js')) process.kill(pid, 'SIGKILL');
  } catch {} // it has ended
}

/** The journal of a lease that no process holds any more; undefined while its run lives, and when there is no journal. */
export async function abandonedLease(): Promise<JournalEntry | undefined> {
  const journal = readJournal();
  if (journal === undefined) return undefined;
  const inForce = lockIsUsable()
    ? startTime(journal.owner) !== undefined && !(await lockIsFree('exclusive'))
    : !isOrphaned(journal);
  return inForce ? undefined : journal;
}
