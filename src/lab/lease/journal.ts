import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { describeLimits, type Limits, readLimits, sameLimits, writeLimits } from '../host/limits.ts';
import { STATE_FOLDER } from '../host/names.ts';
import { isAlive, type ProcessIdentity } from '../host/processes.ts';

const JOURNAL_FILE = join(STATE_FOLDER, 'lease.json');

/** What a lease changed; on disk from before the change until it is undone. */
export interface JournalEntry {
  readonly runId: string;
  /** Pid of the ctload that asked for the lease. */
  readonly owner: number;
  /** The processes that restore the limits: the guardian, and ctload itself. */
  readonly keepers: readonly ProcessIdentity[];
  readonly before: Limits;
  /** The values requested; once read back, those the kernel set. */
  readonly during: Limits;
  /** Values that the lease has set before those; absent when there are none. */
  readonly earlier?: readonly Limits[];
}

/** Puts `entry` on disk. */
export function writeJournal(entry: JournalEntry, file = JOURNAL_FILE): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
  atomicWrite(file, JSON.stringify(entry), { durable: true });
  chmodSync(file, 0o644); // whatever the umask: runs without root look at it
}

export function readJournal(file = JOURNAL_FILE): JournalEntry | undefined {
  try {
    return { keepers: [], ...JSON.parse(readFileSync(file, 'utf8')) }; // that of an older ctload names none
  } catch {
    return undefined;
  }
}

/** Whether nobody is left to restore the limits of a lease. A keeper in another PID namespace is not seen: only the lock is certain. */
export function isOrphaned({ keepers }: JournalEntry): boolean {
  return !keepers.some(isAlive);
}

export interface Restored {
  readonly runId: string;
  readonly limits: Limits;
  /** Whether another process changed a limit during the lease; its value is then left in place. */
  readonly foreign: boolean;
}

/**
 * Restores the limits the journal names, reads them back and deletes the journal; undefined when there is none. The caller holds
 * the lock. A limit that is neither the old nor the lease's value was set by another process (kube-proxy, an admin): it stays.
 * @throws {Error} when the kernel did not accept the old values; the journal then stays.
 */
export function undoJournal(file = JOURNAL_FILE): Restored | undefined {
  const entry = readJournal(file);
  if (entry === undefined) return undefined;
  const wanted = valuesToRestore(entry, readLimits());
  writeLimits(wanted);
  const limits = readLimits();
  if (!sameLimits(limits, wanted)) {
    throw new Error(`could not restore ${describeLimits(wanted)}: the kernel set ${describeLimits(limits)}`);
  }
  rmSync(file, { force: true });
  return { runId: entry.runId, limits, foreign: !sameLimits(limits, entry.before) };
}

/** This machine's limits without the lease of a run, if one is in force. @throws {CtloadError} exit 112 as readLimits. */
export function limitsWithoutLease(current = readLimits(), file = JOURNAL_FILE): Limits {
  const entry = readJournal(file);
  return entry === undefined ? current : valuesToRestore(entry, current);
}

/** The old values, except where `current` shows that another process has changed them since. */
export function valuesToRestore({ before, during, earlier = [] }: JournalEntry, current: Limits): Limits {
  const own = [during, ...earlier];
  return {
    max: own.some(({ max }) => max === current.max) ? before.max : current.max,
    buckets: own.some(({ buckets }) => isRoundingOf(current.buckets, buckets)) ? before.buckets : current.buckets,
  };
}

const LARGEST_ROUNDING = 8192; // list heads in a 64 kB page

/** Whether the kernel may have rounded `asked` to `actual`: a lease killed before the read-back has noted the value it asked for. */
function isRoundingOf(actual: number, asked: number): boolean {
  return actual >= asked && actual - asked < LARGEST_ROUNDING;
}
