import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { CtloadError } from '../../platform/errors.ts';
import { type Child, type Exit, endures, type Host, here, howItEnded } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { LOCK_FILE, STATE_FOLDER } from '../host/names.ts';

/** Exit code of flock when another process holds the lock. */
export const LOCK_BUSY = 75;

export type LockKind = 'exclusive' | 'shared';

/** A run that uses the host's limits. */
export interface LimitsRequest {
  readonly runId: string;
  readonly log: Log;
  /** Sees this machine's lock file. */
  readonly leaseHost: Host;
}

/** Whether the lock file can be opened; creates it where that is permitted. Reading it is all that flock(2) needs, and all users may. */
export function lockIsUsable(): boolean {
  try {
    mkdirSync(STATE_FOLDER, { recursive: true, mode: 0o755 });
    closeSync(openSync(LOCK_FILE, constants.O_CREAT | constants.O_RDONLY, 0o644));
    return true;
  } catch {
    return isReadable();
  }
}

function isReadable(): boolean {
  try {
    accessSync(LOCK_FILE, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The start of a command whose process holds the lock: the kernel releases it when that process ends, however it ends. It exits
 * with LOCK_BUSY when the lock is still held after `waitSeconds`. Waits are short, because a waiting flock does not notice that
 * its owner is gone.
 */
export function underLock(kind: LockKind, waitSeconds: number): string[] {
  const patience = waitSeconds === 0 ? '--nonblock' : `--timeout=${waitSeconds}`;
  return ['flock', `--${kind}`, patience, `--conflict-exit-code=${LOCK_BUSY}`, '--no-fork', LOCK_FILE];
}

/** Starts `argv` on `leaseHost`, a Host that sees this machine's lock file, as `underLock`. */
export function spawnLocked(kind: LockKind, waitSeconds: number, argv: readonly string[], leaseHost: Host = here): Child {
  return leaseHost.spawn([...underLock(kind, waitSeconds), ...argv]);
}

const FLOCK_SECONDS = 20; // beyond the wait for the lock

/**
 * Waits until `child`, started by `spawnLocked` with these `waitSeconds`, has ended, or `held` resolves; returns whether it got
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
  const child = spawnLocked(kind, 0, ['true'], leaseHost);
  child.onLine(() => {});
  child.end();
  return gotLock(child, 0);
}
