import { setTimeout as wait } from 'node:timers/promises';
import { addEntries } from '../lab/capacity/ballast.ts';
import { type EntryTraits, filterOf } from '../lab/capacity/synthetic-entries.ts';
import { MAX_SYSCTL } from '../lab/host/limits.ts';
import { sysctlPath } from '../lab/host/sysctls.ts';
import { deleteEntries } from '../lab/host/table.ts';
import { count, list } from '../model/format.ts';
import { monotonic } from '../platform/clock.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { execute, type Host } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { TableReading } from '../probe/stat.ts';
import { parseStat } from '../probe/table-of-process.ts';

/** Entries of `fill` have a mark that no other process's have: 0x6669 ("fi"), then its own number. */
const MARK = 0x6669_0000;
const PORT = 3;
/** Tuples of one process lie apart from those of another that fills the same table. */
const TUPLES = 4_000_000;
const PROCESSES = 400;
/** Seconds between two looks at the number of entries. */
const INTERVAL = 1;
/** Once the number was reached, so small a share of it may be missing. */
const TOLERANCE = 0.001;
/** Seconds that entries outlast the time: what expires while conntrack deletes it ends the command. */
const GRACE = 5;
const ATTEMPTS = 3;
const STAT = '/proc/self/net/stat/nf_conntrack';

export interface FillRequest {
  /** Where the table is. */
  readonly host: Host;
  /** Entries wanted, from the limit in force. */
  target(limit: number): number;
  /** For how long, seconds. */
  readonly seconds: number;
  readonly isReplied: boolean;
  readonly signal: AbortSignal;
  /** Called once the number is reached. */
  onFilled(state: Filled): void;
}

export interface Filled {
  readonly limit: number;
  readonly entries: number;
  /** Synthetic entries added. */
  readonly added: number;
}

export interface FillOutcome extends Filled {
  /** What the kernel counted in this table meanwhile. */
  readonly dropped: number;
  readonly evicted: number;
  /** Synthetic entries that were there at the end, and are deleted. */
  readonly deleted: number;
}

/**
 * Fills a table with synthetic entries up to a number and keeps it there, until the time is over or `signal` is aborted; then deletes
 * them. Their timeout is little more than the time that is left, so that they end by themselves when ctload is killed. The limit stays as it is.
 * @throws {CtloadError} exit 112 where the table cannot be read or written, 100 when it does not accept the entries, 101 when they
 *   cannot be deleted.
 */
export async function fillFor(request: FillRequest): Promise<FillOutcome> {
  const { host, seconds, signal } = request;
  const limit = await readLimit(host);
  const target = request.target(limit);
  const before = await read(host);
  if (before.entries >= target) {
    throw new CtloadError(`the table already holds ${count(before.entries)} entries, and ${count(target)} are asked for`, {
      hint: `name more than that with --to; its limit is ${count(limit)}`,
      exitCode: ExitCode.usage,
    });
  }
  const traits = { port: PORT, mark: MARK | (process.pid & 0xffff), isReplied: request.isReplied };
  const end = monotonic() + seconds;
  let added = 0;
  let filled: Filled | undefined;
  let failures: string[] = [];
  let outcome: Omit<FillOutcome, 'deleted'>;
  try {
    for (let left = seconds; left > 0 && !signal.aborted; left = end - monotonic()) {
      const lacking = target - (await read(host)).entries;
      const missing = lacking > (filled === undefined ? 0 : TOLERANCE * target) ? lacking : 0;
      const first = (process.pid % PROCESSES) * TUPLES + (added % TUPLES);
      try {
        if (missing > 0)
          await addEntries(
            host,
            { traits: { ...traits, timeoutSeconds: Math.ceil(left) + GRACE }, first, count: missing },
            signal,
          );
        failures = [];
      } catch (error) {
        if (signal.aborted) break;
        failures.push(messageOf(error));
      }
      added += missing;
      const { entries } = await read(host);
      if (filled === undefined && entries >= target) {
        filled = { limit, entries, added };
        request.onFilled(filled);
      } else if (filled === undefined && failures.length >= ATTEMPTS) throw refused(failures);
      if (filled !== undefined)
        await wait(Math.min(INTERVAL, Math.max(0, end - monotonic())) * 1000, undefined, { signal }).catch(() => {});
    }
    const after = await read(host);
    outcome = {
      limit,
      entries: after.entries,
      added,
      dropped: after.drop - before.drop,
      evicted: after.earlyDrop - before.earlyDrop,
    };
  } catch (error) {
    await remove(host, traits).catch(() => {}); // what is left ends by itself
    throw error;
  }
  return { ...outcome, deleted: await remove(host, traits) };
}

/** nf_conntrack_max where the table is. @throws {CtloadError} exit 112. */
async function readLimit(host: Host): Promise<number> {
  const limit = Number(await execute(['cat', sysctlPath(MAX_SYSCTL)], { host }).catch(() => Number.NaN));
  if (Number.isFinite(limit)) return limit;
  throw new CtloadError(`nf_conntrack is not available: ${sysctlPath(MAX_SYSCTL)} of ${host.name} cannot be read`, {
    hint: 'load it as root with: modprobe nf_conntrack',
    exitCode: ExitCode.hostUnfit,
  });
}

/** @throws {CtloadError} exit 112. */
async function read(host: Host): Promise<TableReading> {
  try {
    return parseStat(Buffer.from(`${await execute(['cat', STAT], { host })}\n`));
  } catch (cause) {
    throw new CtloadError(`cannot read the conntrack table of ${host.name}: ${messageOf(cause)}`, {
      hint: 'run as root, on a kernel with CONFIG_NF_CONNTRACK_PROCFS',
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
}

/** @throws {CtloadError} exit 101; the entries end by themselves. */
async function remove(host: Host, traits: Omit<EntryTraits, 'timeoutSeconds'>): Promise<number> {
  const filter = filterOf(traits);
  try {
    return await deleteEntries(host, filter);
  } catch (cause) {
    throw new CtloadError(`could not delete the synthetic entries: ${messageOf(cause)}`, {
      hint: `they end ${GRACE} s after the time; to delete them before: conntrack -D ${filter.join(' ')}`,
      exitCode: ExitCode.teardown,
      cause,
    });
  }
}

function refused(failures: readonly string[]): CtloadError {
  const reasons = [...new Set(failures)];
  const isForbidden = reasons.some((reason) => /not permitted|permission denied/i.test(reason));
  return new CtloadError(`the table does not accept the entries: ${list(reasons)}`, {
    hint: isForbidden ? 'run as root (CAP_NET_ADMIN)' : 'ask for fewer entries: other connections fill the table as well',
    exitCode: isForbidden ? ExitCode.hostUnfit : ExitCode.setup,
  });
}
