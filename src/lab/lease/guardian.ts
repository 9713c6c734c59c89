import { failure, listenToOwner, sendToOwner } from '../../platform/remote/child-side.ts';
import { describeLimits, type Limits, readLimits, writeLimits } from '../host/limits.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../host/processes.ts';
import type { GuardianCommand, GuardianReady, GuardianReply } from './guardian-messages.ts';
import { undoJournal, writeJournal } from './journal.ts';

/**
 * The guardian's whole life: it repairs what a killed guardian left, changes the limits on request, and restores them on request
 * or when stdin ends, as it does when its owner is killed. It runs under the exclusive lock, in a session of its own, and ignores
 * signals meant for ctload.
 */
export function runGuardian(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => {});
  if (!attempt(() => ({ type: 'ready', pid: process.pid, repaired: undoJournal() ?? null }))) return;
  let restoring = false;
  const restore = (): void => {
    if (restoring) return;
    restoring = true;
    attempt(() => ({ type: 'restored', restored: undoJournal() ?? null }));
    process.stdin.destroy(); // nothing else keeps the process running
  };
  listenToOwner<GuardianCommand>((command) => {
    if (command.type === 'restore') restore();
    else if (!restoring) {
      attempt(() => ({ type: 'changed', limits: change(command.runId, command.owner, command.limits) }));
      whenGone(command.owner, restore);
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

function change(runId: string, owner: ProcessIdentity, limits: Limits): Limits {
  const before = readLimits();
  const lease = { runId, owner: owner.pid, keepers: [identityOf(process.pid), owner], before };
  writeJournal({ ...lease, during: limits });
  writeLimits(limits);
  const during = readLimits();
  writeJournal({ ...lease, during });
  if (during.max !== limits.max || during.buckets < limits.buckets) {
    throw new Error(`requested ${describeLimits(limits)}, the kernel set ${describeLimits(during)}`);
  }
  return during;
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
