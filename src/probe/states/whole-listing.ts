import { createReadStream, readFileSync } from 'node:fs';
import { CommandError, spawn } from '../../platform/exec.ts';
import { findTool } from '../../platform/tools.ts';
import type { ListingCount } from './listing.ts';
import { samplerCpu } from './sampler-cpu.ts';
import { addEntry, OWN_ENTRIES } from './table-slice.ts';

/** Ballast and prefill are marked, the load's entries are not; ctnetlink filters them inside the kernel. */
const BY_NETLINK = ['conntrack', '-L', '--mark', '0'];
/** Bit of CAP_NET_ADMIN (include/uapi/linux/capability.h), without which the kernel lists nothing over ctnetlink. */
const NET_ADMIN = 12n;

/** A listing of all entries of the table, under way. */
export interface WholeListing {
  /** Resolves when it is over, with whether it came to the end. */
  readonly over: Promise<boolean>;
  /** Ends it before that. */
  stop(): void;
}

/** Counts every entry of the reader's own namespace. */
type ListWhole = (count: ListingCount) => WholeListing;

/**
 * How this process lists entries: over ctnetlink, without those that are marked, where it has CAP_NET_ADMIN; else from
 * /proc/net/nf_conntrack, which the group root may read: there all of them, as only ctload's own labs have any of its marks.
 */
export function wholeListing(): { readonly list: ListWhole; readonly marked: boolean } {
  if (!mayAskNetlink()) return { list: listFile, marked: true };
  const command = [...besideSampler(), ...BY_NETLINK];
  return { list: (count) => overNetlink(command, count), marked: false };
}

function mayAskNetlink(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> NET_ADMIN) & 1n) === 1n;
}

/** `over` rejects with a CommandError when conntrack(8) fails. */
function overNetlink(command: readonly string[], count: ListingCount): WholeListing {
  const child = spawn(command);
  let stopped = false;
  child.onLine((line) => count.add(line));
  child.end();
  const over = child.exited.then((exit) => {
    if (exit.signal !== null && stopped) return false;
    if (exit.code !== 0) throw new CommandError(child.command, exit);
    return true;
  });
  return {
    over,
    stop: () => {
      stopped = true;
      child.kill('SIGKILL');
    },
  };
}

/** What a command is executed by that leaves the sampler its CPU. */
function besideSampler(): readonly string[] {
  const cpu = samplerCpu();
  return cpu === undefined || findTool('taskset') === undefined ? [] : ['taskset', '--cpu-list', cpu.others];
}

/** `over` rejects with the errno of open(2) or read(2). @param path for tests */
export function listFile(count: ListingCount, path = OWN_ENTRIES): WholeListing {
  const stopping = new AbortController();
  return { over: readAll(count, path, stopping.signal), stop: () => stopping.abort() };
}

async function readAll(count: ListingCount, path: string, signal: AbortSignal): Promise<boolean> {
  let text = '';
  try {
    for await (const portion of createReadStream(path, { encoding: 'latin1', signal })) {
      const lines = (text + portion).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) addEntry(count, line, true);
    }
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
  return true;
}
