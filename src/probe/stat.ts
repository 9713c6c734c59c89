import type { ConntrackCounters } from '../model/timeline/sample.ts';

/**
 * Column of /proc/net/stat/nf_conntrack for every counter, newest name first. Kernels before 5.10 print `searched` in
 * place of clash_resolve and `delete_list` in place of chaintoolong, both under their old headings
 * (ct_cpu_seq_show in nf_conntrack_standalone.c).
 */
export const COLUMNS: Readonly<Record<keyof ConntrackCounters, readonly string[]>> = {
  drop: ['drop'],
  earlyDrop: ['early_drop'],
  insertFailed: ['insert_failed'],
  found: ['found'],
  invalid: ['invalid'],
  insert: ['insert'],
  searchRestart: ['search_restart'],
  clashResolve: ['clashres', 'searched'],
  chainTooLong: ['chainlength', 'delete_list'],
  error: ['icmp_error'],
};

export const COUNTER_NAMES = Object.keys(COLUMNS) as readonly (keyof ConntrackCounters)[];

/** One reading of a table. Counters are summed over CPUs; the kernel repeats `entries` on every CPU's line. */
export interface TableReading extends Record<keyof ConntrackCounters, number> {
  entries: number;
}

/**
 * Reads the text of /proc/net/stat/nf_conntrack into `into`, without allocating: it runs up to 1,000 times per second.
 */
export type StatParser = (text: Uint8Array, length: number, into: TableReading) => void;

const NEWLINE = 0x0a;
const SPACE = 0x20;

export function noReading(): TableReading {
  const reading: Partial<TableReading> = { entries: 0 };
  for (const name of COUNTER_NAMES) reading[name] = 0;
  return reading as TableReading;
}

/**
 * A parser for this kernel's columns, which `header` (the first line) names. A counter that the kernel does not have stays 0.
 * @throws {Error} when there is no `entries` or `drop` column: this is another file.
 */
export function statParser(header: string): StatParser {
  const headings = header.trim().split(/\s+/);
  for (const required of ['entries', 'drop']) {
    if (!headings.includes(required)) throw new Error(`nf_conntrack statistics have no column "${required}": ${header.trim()}`);
  }
  const entriesColumn = headings.indexOf('entries');
  const counterOfColumn = headings.map((heading) => COUNTER_NAMES.find((name) => COLUMNS[name].includes(heading)));

  return (text, length, into) => {
    for (const name of COUNTER_NAMES) into[name] = 0;
    let at = text.indexOf(NEWLINE) + 1;
    let column = 0;
    let value = 0;
    let digits = false;
    for (; at < length; at++) {
      const byte = text[at] as number;
      if (byte !== SPACE && byte !== NEWLINE) {
        value = value * 16 + hexDigit(byte); // not <<: a counter may use all 32 bits
        digits = true;
        continue;
      }
      if (digits) {
        const counter = counterOfColumn[column];
        if (counter !== undefined) into[counter] += value;
        else if (column === entriesColumn) into.entries = value;
        column++;
        value = 0;
        digits = false;
      }
      if (byte === NEWLINE) column = 0;
    }
  };
}

function hexDigit(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
