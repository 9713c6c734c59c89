import type { ConntrackRecord, TableOwner } from '../model/timeline/sample.ts';
import { NetlinkTable } from './netlink-table.ts';
import { ProcFile } from './proc-file.ts';
import { noReading, type StatParser, statParser } from './stat.ts';
import { ChangedCounters, type TableReader } from './table-reader.ts';

/** The statistics file of the reader's own network namespace. */
export const OWN_TABLE = '/proc/self/net/stat/nf_conntrack';

/**
 * Opens the table of the reader's own namespace: its statistics file, or ctnetlink where there is no such file to read.
 * @throws the errno of open(2): ENOENT where the kernel has no nf_conntrack.
 */
export function openOwnTable(owner: TableOwner, path: string = OWN_TABLE): TableReader {
  try {
    return new StatFileTable(path, owner);
  } catch (error) {
    try {
      return new NetlinkTable(owner);
    } catch {
      throw error;
    }
  }
}

/** A table read from a file that stays open. */
export class StatFileTable implements TableReader {
  readonly shortestInterval = 0;
  readonly #file: ProcFile;
  readonly #parse: StatParser;
  readonly #size: number;
  readonly #owner: TableOwner;
  readonly #now = noReading();
  readonly #changed = new ChangedCounters();

  /**
   * @throws the errno of open(2) or read(2), and {Error} where the file is not what it should be: something is mounted over it
   */
  constructor(path: string, owner: TableOwner) {
    this.#file = new ProcFile(path);
    const text = this.#file.text();
    this.#parse = statParser(text.slice(0, text.indexOf('\n')));
    this.#size = text.length; // fixed-width columns, one line per CPU
    this.#owner = owner;
  }

  sample(t: number): ConntrackRecord {
    this.#parse(this.#file.bytes, this.#file.read(this.#size), this.#now);
    return { type: 'conntrack', t, host: this.#owner, entries: this.#now.entries, ...this.#changed.of(this.#now) };
  }

  close(): void {
    this.#file.close();
  }
}
