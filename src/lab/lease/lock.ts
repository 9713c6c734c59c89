import { accessSync, closeSync, constants, fchmodSync, mkdirSync, openSync } from 'node:fs';
import { CtloadError } from '../../platform/errors.ts';
import { type Child, type Exit, endures, type Host, here, howItEnded } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { LOCK_FILE, STATE_FOLDER, USERS_LOCK_FILE } from '../host/names.ts';

/** Exit code of flock when another process holds the lock. */
export const LOCK_BUSY = 75;
/** The same for the lock of runs without root. */
export const USERS_BUSY = 76;

export type LockKind = 'exclusive' | 'shared';

/** A run that uses the host's limits. */
export interface LimitsRequest {
  readonly runId: string;
  readonly log: Log;
  /** Sees this machine's lock file. */
  readonly leaseHost: Host;
}

/** Whether this process may use root's lock; makes both files where that is permitted. */
export function lockIsUsable(): boolean {
  try {
    mkdirSync(STATE_FOLDER, { recursive: true, mode: 0o755 });
    makeFile(LOCK_FILE, 0o600); // reading it is all that flock(2) needs, so nobody else may
    makeFile(USERS_LOCK_FILE, 0o644);
    return true;
  } catch {
    return mayRead(LOCK_FILE);
  }
}

/** Whether this process may use the lock of runs without root. It exists once root has run ctload on this machine. */
export function usersLockIsUsable(): boolean {
  return mayRead(USERS_LOCK_FILE);
}

function makeFile(file: string, mode: number): void {
  const fd = openSync(file, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, mode);
  try {
    fchmodSync(fd, mode); // whatever the umask, and whatever an older ctload made it
  } finally {
    closeSync(fd);
  }
}

function mayRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The start of a command whose process holds a lock: the kernel releases it when that process ends, however it ends. It exits
 * with LOCK_BUSY when the lock is still held after `waitSeconds`. Waits are short, because a waiting flock does not notice that
 * its owner is gone.
 */
export function underLock(kind: LockKind, waitSeconds: number, file = LOCK_FILE, busy = LOCK_BUSY): string[] {
  const patience = waitSeconds === 0 ? '--nonblock' : `--timeout=${waitSeconds}`;
  return ['flock', `--${kind}`, patience, `--conflict-exit-code=${busy}`, '--no-fork', file];
}

/** The same for a lease, which runs without root are not to rely on: exclusive, or at once USERS_BUSY. */
export function underUsersLock(): string[] {
  return underLock('exclusive', 0, USERS_LOCK_FILE, USERS_BUSY);
}

const FLOCK_SECONDS = 20; // beyond the wait for the lock

/**
 * Waits until `child`, started by `underLock` with these `waitSeconds`, has ended, or `held` resolves; returns whether it got
 * the lock.
 * @throws {CtloadError} exit 100 when flock failed or hangs, 105 when the work that this is part of is interrupted.
 */
export async function gotLock(child: Child, waitSeconds: number, held?: Promise<true>): Promise<boolean> {
  let outcome: Exit | true | undefined;
  const decided = Promise.race([...(held === undefined ? [] : [held]), child.exited]).then((first) => {
    outcome = first;
  });
  try {
    await endures(decided, waitSeconds + FLOCK_SECONDS);
  } finally {
    if (outcome === undefined) child.kill('SIGKILL');
  }
  if (outcome === true || outcome?.code === 0) return true;
  if (outcome?.code === LOCK_BUSY) return false;
  const why = outcome === undefined ? 'does not answer' : `${howItEnded(outcome)}: ${outcome.stderr.trim()}`;
  throw new CtloadError(`cannot lock the conntrack limits: flock ${why}`, {
    hint: `check that flock works, with: flock ${LOCK_FILE} true`,
  });
}

/** Whether the lock can be taken right now. @throws {CtloadError} as gotLock. */
export async function lockIsFree(kind: LockKind, leaseHost: Host = here): Promise<boolean> {
  const child = leaseHost.spawn([...underLock(kind, 0), 'true']);
  child.onLine(() => {});
  child.end();
  return gotLock(child, 0);
}
