import { readFileSync, statSync } from 'node:fs';
import { noReading, statParser, type TableReading } from './stat.ts';

/**
 * The table of the network namespace that a process is in, without entering it. Nothing is kept open: an open file would keep the
 * namespace alive after its last process.
 * @param inode the namespace
 * @returns undefined when the process has left it or ended, or its table cannot be read
 */
export function tableOfProcess(pid: number, inode: number): TableReading | undefined {
  try {
    if (statSync(`/proc/${pid}/ns/net`).ino !== inode) return undefined; // another process has that pid by now
    return parseStat(readFileSync(`/proc/${pid}/net/stat/nf_conntrack`));
  } catch {
    return undefined;
  }
}

/**
 * The text of /proc/net/stat/nf_conntrack.
 * @throws {Error} when it is something else.
 */
export function parseStat(text: Buffer): TableReading {
  const reading = noReading();
  statParser(text.toString('latin1', 0, Math.max(0, text.indexOf('\n'))))(text, text.length, reading);
  return reading;
}
