import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { type Child, type Host, here } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { LOCK_FILE, STATE_FOLDER } from '../host/names.ts';

/** Exit code of flock when the lock is held by somebody else. */
export const LOCK_BUSY = 75;

export type LockKind = 'exclusive' | 'shared';

/** Who wants something of the host's limits. */
export interface LimitsRequest {
  readonly runId: string;
  readonly log: Log;
  /** Sees this machine's lock file. */
  readonly leaseHost: Host;
}

/** Makes the lock file when we may; everyone may read it, and reading is all that flock(2) asks for. */
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
 * Starts `argv` on `keeper`, a Host that sees this machine's lock file, holding the lock: the kernel releases it when that
 * process dies, however it dies. Exits with LOCK_BUSY when the lock did not come free within `waitSeconds`. Waits are short,
 * because a waiting flock does not see its owner die.
 */
export function spawnLocked(kind: LockKind, waitSeconds: number, argv: readonly string[], keeper: Host = here): Child {
  const patience = waitSeconds === 0 ? '--nonblock' : `--timeout=${waitSeconds}`;
  return keeper.spawn(['flock', `--${kind}`, patience, `--conflict-exit-code=${LOCK_BUSY}`, '--no-fork', LOCK_FILE, ...argv]);
}

/** Whether the lock could be had right now. */
export async function lockIsFree(kind: LockKind, keeper: Host = here): Promise<boolean> {
  const child = spawnLocked(kind, 0, ['true'], keeper);
  child.onLine(() => {});
  return (await child.exited).code === 0;
}
