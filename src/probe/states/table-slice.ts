import { closeSync, openSync, readSync } from 'node:fs';
import { monotonic } from '../../platform/clock.ts';
import { ListingCount } from './listing.ts';

/** The entries of the reader's own namespace, in the order of the hash table's buckets. */
export const OWN_ENTRIES = '/proc/self/net/nf_conntrack';
/** Bytes, for two or three entries: the kernel goes no further than it takes to fill them. */
const PORTION = 512;
/** A slice ends early when it has reclaimed this share of the entries. */
const RECLAIM_LIMIT = 0.01;

export interface Slice {
  readonly count: ListingCount;
  /** Expired entries that reading it reclaimed: what the table lost meanwhile. */
  readonly reclaimed: number;
}

export interface SliceOptions {
  /** Of whose table; the reader's own by default. */
  readonly path?: string;
  /** Count entries with a mark too; by default they are ctload's own, and left out. */
  readonly marked?: boolean;
  /** Gets every line that is counted, as it is. */
  onLine?(line: string): void;
  /** End the slice after that, however few the entries are. */
  readonly seconds?: number;
}

/**
 * Reads the first `lines` entries of a table and counts them. Undefined where the kernel does not show them
 * (CONFIG_NF_CONNTRACK_PROCFS is off).
 * @param entries gives how many entries the kernel counts now
 */
export function readSlice(lines: number, entries: () => number, options: SliceOptions = {}): Slice | undefined {
  const { path = OWN_ENTRIES, marked = false, seconds = Number.POSITIVE_INFINITY, onLine } = options;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.allocUnsafe(PORTION);
    const count = new ListingCount();
    const before = entries();
    let reclaimed = 0;
    let text = '';
    const end = monotonic() + seconds;
    for (let read = 0; read < lines && reclaimed <= before * RECLAIM_LIMIT && monotonic() < end; ) {
      const length = readSync(fd, buffer, 0, PORTION, null);
      if (length === 0) break;
      const whole = (text + buffer.toString('latin1', 0, length)).split('\n');
      text = whole.pop() ?? '';
      for (const line of whole) addEntry(count, line, marked, onLine);
      read += whole.length;
      reclaimed = Math.max(reclaimed, before - entries());
    }
    return { count, reclaimed };
  } finally {
    closeSync(fd);
  }
}

/** `ipv4     2 tcp      6 119 TIME_WAIT src=… mark=0 zone=0 use=2`: as in `conntrack -L`, after the address family. */
export function addEntry(count: ListingCount, line: string, marked: boolean, onLine?: (line: string) => void): void {
  if (!marked && / mark=(?!0 )/.test(line)) return;
  count.add(line.replace(/^\S+ +\d+ /, ''));
  onLine?.(line);
}
