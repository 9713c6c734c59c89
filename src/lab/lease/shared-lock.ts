import { delay, within } from '../../platform/clock.ts';
import { type Child, type Host, here } from '../../platform/exec.ts';
import { readJournal } from './journal.ts';
import { gotLock, type LimitsRequest, lockIsUsable, spawnLocked } from './lock.ts';
import { describeLockOwners } from './lock-owners.ts';

const RETRY = 1; // seconds
const RELEASE_SECONDS = 5;

/**
 * Prevents leases while ballast, which is counted from the limit in force, depends on it. Any number of runs may share the lock.
 * Waits while a lease is in force and logs which run holds it. Without access to the lock it can only wait for the journal to go.
 */
export async function shareLimits({ runId, log, leaseHost }: LimitsRequest, checkAbort: () => void): Promise<AsyncDisposable> {
  const locking = leaseHost !== here || lockIsUsable();
  for (let attempt = 0; ; attempt++) {
    checkAbort();
    if (attempt === 1) log.info(`waiting for the conntrack limits, held by ${describeLockOwners(runId)}`);
    if (locking) {
      const holder = await holdShared(leaseHost, attempt === 0 ? 0 : RETRY);
      if (holder !== undefined) return { [Symbol.asyncDispose]: () => release(holder) };
    } else {
      if (readJournal() === undefined) return { async [Symbol.asyncDispose]() {} };
      await delay(RETRY);
    }
  }
}

/** `cat` under the lock: it echoes once it has the lock, and exits when its stdin closes, which releases it. */
async function holdShared(leaseHost: Host, waitSeconds: number): Promise<Child | undefined> {
  const child = spawnLocked('shared', waitSeconds, ['cat'], leaseHost);
  const held = new Promise<true>((resolve) => child.onLine(() => resolve(true)));
  child.write('held');
  return (await gotLock(child, waitSeconds, held)) ? child : undefined;
}

async function release(holder: Child): Promise<void> {
  holder.end();
  if (await within(holder.exited, RELEASE_SECONDS)) return;
  holder.kill('SIGKILL');
}
