import type { ConntrackRecord, TableOwner } from '../model/timeline/sample.ts';
import { ProcFile } from './proc-file.ts';
import { COUNTER_NAMES, noReading, type StatParser, statParser, type TableReading } from './stat.ts';

/** The statistics file of the reader's own network namespace. */
export const OWN_TABLE = '/proc/self/net/stat/nf_conntrack';

/** One namespace's conntrack table, read from a file that is kept open. */
export class TableReader {
  readonly #file: ProcFile;
  readonly #parse: StatParser;
  readonly #size: number;
  readonly #owner: TableOwner;
  readonly #now = noReading();
  #before: TableReading | undefined;

  /**
   * @throws the errno of open(2): ENOENT where the kernel has no nf_conntrack
   */
  constructor(path: string, owner: TableOwner) {
    this.#file = new ProcFile(path);
    const text = this.#file.text();
    this.#parse = statParser(text.slice(0, text.indexOf('\n')));
    this.#size = text.length; // fixed-width columns, one line per CPU
    this.#owner = owner;
  }

  /** Reads the table as it is now, at `t`. Counters that have not changed are left out. */
  sample(t: number): ConntrackRecord {
    this.#parse(this.#file.bytes, this.#file.read(this.#size), this.#now);
    const record: Record<string, unknown> = {
      type: 'conntrack',
      t,
      host: this.#owner,
      entries: this.#now.entries,
    };
    for (const name of COUNTER_NAMES) {
      if (this.#now[name] !== this.#before?.[name]) record[name] = this.#now[name];
    }
    this.#before = Object.assign(this.#before ?? noReading(), this.#now);
    return record as unknown as ConntrackRecord;
  }

  close(): void {
    this.#file.close();
  }
}
