import { failure, listenToOwner, sendToOwner } from '../../platform/remote/child-side.ts';
import { describeLimits, type Limits, readLimits, writeLimits } from '../host/limits.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../host/processes.ts';
import type { GuardianCommand, GuardianReady, GuardianReply } from './guardian-messages.ts';
import { type JournalEntry, undoJournal, writeJournal } from './journal.ts';

/**
 * The guardian's whole life: it repairs what a killed guardian left, changes the limits on request, and restores them on request
 * or when stdin ends, as it does when its owner is killed. It runs under the exclusive lock, in a session of its own, and ignores
 * signals meant for ctload.
 */
export function runGuardian(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => {});
  if (!attempt(() => ({ type: 'ready', pid: process.pid, repaired: undoJournal() ?? null }))) return;
  let restoring = false;
  let lease: JournalEntry | undefined;
  const restore = (): void => {
    if (restoring) return;
    restoring = true;
    attempt(() => ({ type: 'restored', restored: undoJournal() ?? null }));
    process.stdin.destroy(); // nothing else keeps the process running
  };
  listenToOwner<GuardianCommand>((command) => {
    if (command.type === 'restore') restore();
    else if (!restoring) {
      if (lease === undefined) whenGone(command.owner, restore);
      attempt(() => {
        lease = change(lease ?? begin(command), command.limits);
        return { type: 'changed', limits: lease.during };
      });
    }
  }, restore);
}

const LOOK_MS = 250;

/** Calls `callback` once the process has ended. Does nothing where it is not visible, as from another PID namespace. */
function whenGone(owner: ProcessIdentity, callback: () => void): void {
  if (!isAlive(owner)) return;
  const timer = setInterval(() => {
    if (isAlive(owner)) return;
    clearInterval(timer);
    callback();
  }, LOOK_MS);
  timer.unref();
}

/** A lease that has changed nothing yet. */
function begin({ runId, owner }: Extract<GuardianCommand, { type: 'change' }>): JournalEntry {
  const before = readLimits();
  return { runId, owner: owner.pid, keepers: [identityOf(process.pid), owner], before, during: before };
}

/** Sets `limits`; those from before the lease stay in the journal, to be restored whenever it ends, and so do all that it has set. */
function change(lease: JournalEntry, limits: Limits): JournalEntry {
  const earlier = [...(lease.earlier ?? []), lease.during];
  writeJournal({ ...lease, earlier, during: limits });
  writeLimits(limits);
  const during = readLimits();
  const changed = { ...lease, earlier, during };
  writeJournal(changed);
  if (during.max !== limits.max || during.buckets < limits.buckets) {
    throw new Error(`requested ${describeLimits(limits)}, the kernel set ${describeLimits(during)}`);
  }
  return changed;
}

/** Reports the result of `step`, or why it failed, and returns whether it succeeded. */
function attempt(step: () => GuardianReady | GuardianReply): boolean {
  try {
    sendToOwner(step());
    return true;
  } catch (error) {
    sendToOwner(failure(error));
    return false;
  }
}
