import { closeSync, readSync } from 'node:fs';
import { openRegular } from '../platform/read-file.ts';

const BLOCK = 256 * 1024;
/** Bytes. The longest line is the first, which names every flood. */
const LONGEST_LINE = 4 * 2 ** 20;
const NEWLINE = 0x0a;

/** A line of a file, without its newline. */
export interface FileLine {
  readonly text: string;
  /** Bytes of the file up to the end of `text`. */
  readonly end: number;
  /** False for a last line without its newline: it was cut short. */
  readonly whole: boolean;
}

/**
 * The lines of a regular file, UTF-8, read in blocks: only one is ever in memory. An empty last line is left out.
 * @throws {Error} for another kind of file, and for a longer line than ctload writes; errors of open(2) and read(2).
 */
export function* fileLines(path: string): Generator<FileLine> {
  const fd = openRegular(path);
  try {
    const block = Buffer.alloc(BLOCK);
    let rest = Buffer.alloc(0);
    let at = 0; // where `rest` begins
    for (let size = readSync(fd, block); size > 0; size = readSync(fd, block)) {
      const bytes = Buffer.concat([rest, block.subarray(0, size)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        yield { text: bytes.toString('utf8', start, end), end: at + end, whole: true };
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > LONGEST_LINE) throw new Error(`it has a line of more than ${LONGEST_LINE / 2 ** 20} MiB`);
      at += start;
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), end: at + rest.length, whole: false };
  } finally {
    closeSync(fd);
  }
}
