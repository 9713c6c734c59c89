import { spawnSync } from 'node:child_process';
import type { ConntrackCounters, ConntrackRecord, TableOwner } from '../model/timeline/sample.ts';
import { searchPath } from '../platform/exec.ts';
import { ProcFile } from './proc-file.ts';
import { COUNTER_NAMES } from './stat.ts';
import { ChangedCounters, type TableReader } from './table-reader.ts';

/** Entries in the table of the reader's own namespace. Every kernel with conntrack has it; the statistics file may be left out. */
export const COUNT = '/proc/sys/net/netfilter/nf_conntrack_count';

/** Words of `conntrack -S` (conntrack-tools 1.4). Kernels before 5.10 have neither of the last two. */
const WORDS: Readonly<Record<keyof ConntrackCounters, string>> = {
  drop: 'drop',
  earlyDrop: 'early_drop',
  insertFailed: 'insert_failed',
  found: 'found',
  invalid: 'invalid',
  insert: 'insert',
  searchRestart: 'search_restart',
  error: 'error',
  clashResolve: 'clash_resolve',
  chainTooLong: 'chaintoolong',
};

/**
 * The table of the reader's own namespace where the kernel does not show /proc/net/stat/nf_conntrack
 * (CONFIG_NF_CONNTRACK_PROCFS is off, or something is mounted over it): the count from its sysctl, the counters from
 * ctnetlink, by one call of `conntrack -S` (2 to 5 ms) each time. Where that is not permitted, the records have the count alone.
 */
export class NetlinkTable implements TableReader {
  readonly shortestInterval = 0.1;
  readonly #count: ProcFile;
  readonly #owner: TableOwner;
  readonly #changed = new ChangedCounters();
  readonly #readable: boolean;

  /** @throws the errno of open(2): ENOENT where the kernel has no nf_conntrack. */
  constructor(owner: TableOwner) {
    this.#count = new ProcFile(COUNT);
    this.#owner = owner;
    this.#readable = readCounters() !== undefined;
  }

  /** @throws {Error} when the counters could be read before and cannot be now. */
  sample(t: number): ConntrackRecord {
    const entries = Number(this.#count.text());
    const counters = this.#readable ? readCounters() : {};
    if (counters === undefined) throw new Error('conntrack -S no longer gives the counters of the table');
    return { type: 'conntrack', t, host: this.#owner, entries, ...this.#changed.of(counters) };
  }

  close(): void {
    this.#count.close();
  }
}

/** Of the reader's own table, by one call of `conntrack -S`; undefined where that is not possible. */
export function readCounters(): ConntrackCounters | undefined {
  const { status, stdout } = spawnSync('conntrack', ['-S'], {
    encoding: 'latin1',
    env: { PATH: searchPath() },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? parseStatistics(stdout) : undefined;
}

/** `cpu=0   	found=0 invalid=0 insert=0 …`, a line each CPU; summed. Undefined when no line says what was dropped. */
export function parseStatistics(text: string): ConntrackCounters | undefined {
  const sums = new Map<string, number>();
  for (const [, word = '', value] of text.matchAll(/\b([a-z_]+)=(\d+)/g)) sums.set(word, (sums.get(word) ?? 0) + Number(value));
  if (!sums.has(WORDS.drop)) return undefined;
  return Object.fromEntries(COUNTER_NAMES.map((name) => [name, sums.get(WORDS[name]) ?? 0])) as unknown as ConntrackCounters;
}
