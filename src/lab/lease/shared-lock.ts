import { delay, within } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { type Child, type Host, here } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { describeLimits } from '../host/limits.ts';
import { USERS_LOCK_FILE } from '../host/names.ts';
import { isOrphaned, type JournalEntry, readJournal } from './journal.ts';
import { gotLock, type LimitsRequest, lockIsUsable, underLock, usersLockIsUsable } from './lock.ts';
import { describeLockOwners, holdersOf } from './lock-owners.ts';
import { repair } from './repair.ts';

const RETRY = 1; // seconds
const RELEASE_SECONDS = 5;
/** Seconds in which a run that is killed restores the limits, and after which a lock that nobody needs is not waited for. */
const USERS_PATIENCE = 10;

type Share = AsyncDisposable;

/**
 * Prevents leases while ballast, which is counted from the limit in force, depends on it. Any number of runs may share the lock.
 * Waits while a lease is in force and logs which run holds it. Limits that a dead run has left are restored first.
 * @param mayRepair whether the limits can be changed from `request.leaseHost`
 * @throws {CtloadError} exit 112 when they cannot, and those of a dead run are in force.
 */
export async function shareLimits(request: LimitsRequest, mayRepair: boolean, checkAbort: () => void): Promise<Share> {
  return request.leaseHost !== here || lockIsUsable()
    ? shareOfRoot(request, mayRepair, checkAbort)
    : shareOfUsers(request, checkAbort);
}

/** Whoever has root's lock knows that a journal is that of a dead run. */
async function shareOfRoot({ runId, log, leaseHost }: LimitsRequest, mayRepair: boolean, checkAbort: () => void): Promise<Share> {
  for (let attempt = 0; ; attempt++) {
    checkAbort();
    if (attempt === 1) log.info(`waiting for the conntrack limits, held by ${describeLockOwners(runId)}`);
    const holder = await holdShared(leaseHost, attempt === 0 ? 0 : RETRY);
    if (holder === undefined) continue;
    const left = readJournal();
    if (left === undefined) return shareOf(holder);
    await release(holder);
    if (!mayRepair) throw deadLimits(left);
    const restored = await repair(leaseHost);
    if (restored !== undefined) log.warn(`run ${restored.runId} was killed; restored ${describeLimits(restored.limits)}`);
    else await delay(RETRY); // another run is about to do it
  }
}

/** Runs without root go by the journal: their lock tells leases of them, and can be held by anyone. */
async function shareOfUsers({ runId, log }: LimitsRequest, checkAbort: () => void): Promise<Share> {
  const locking = usersLockIsUsable();
  let orphanedFor = 0;
  for (let attempt = 0; ; attempt++) {
    checkAbort();
    const holder = locking ? await holdShared(here, 0, USERS_LOCK_FILE) : undefined;
    const lease = readJournal();
    if (lease === undefined && (holder !== undefined || !locking)) return shareOf(holder);
    if (lease === undefined && attempt >= USERS_PATIENCE) {
      log.warn(`not waiting any longer for ${USERS_LOCK_FILE}, held by ${holdersOf(USERS_LOCK_FILE)}: no lease is in force`);
      return shareOf(undefined);
    }
    if (holder !== undefined) await release(holder);
    orphanedFor = lease !== undefined && isOrphaned(lease) ? orphanedFor + 1 : 0;
    if (lease !== undefined && orphanedFor > 1) throw deadLimits(lease);
    if (attempt === 0) {
      const holders = lease === undefined ? holdersOf(USERS_LOCK_FILE) : describeLockOwners(runId);
      log.info(`waiting for the conntrack limits, held by ${holders}`);
    }
    await delay(RETRY);
  }
}

function deadLimits({ runId, before }: JournalEntry): CtloadError {
  return new CtloadError(`limits of a dead run (${runId}) are in force on this machine, in place of ${describeLimits(before)}`, {
    hint: 'run ctload clean as root',
    exitCode: ExitCode.hostUnfit,
  });
}

/** `cat` under the lock: it echoes once it has the lock, and exits when its stdin closes, which releases it. */
async function holdShared(leaseHost: Host, waitSeconds: number, file?: string): Promise<Child | undefined> {
  const child = leaseHost.spawn([...underLock('shared', waitSeconds, file), 'cat']);
  const held = new Promise<true>((resolve) => child.onLine(() => resolve(true)));
  child.write('held');
  return (await gotLock(child, waitSeconds, held)) ? child : undefined;
}

function shareOf(holder: Child | undefined): Share {
  return { [Symbol.asyncDispose]: async () => void (holder === undefined ? undefined : await release(holder)) };
}

async function release(holder: Child): Promise<void> {
  holder.end();
  if (!(await within(holder.exited, RELEASE_SECONDS))) holder.kill('SIGKILL');
}
