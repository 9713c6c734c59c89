import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type CtloadError, errnoOf, messageOf, reasonOf, usageError } from '../platform/errors.ts';
import { openRegular } from '../platform/read-file.ts';
import { fileLines } from './file-lines.ts';
import { LATENCY_FILE } from './files.ts';
import { type HlogInterval, parseHlogLine } from './hlog.ts';

/** An interval's line, its histogram left in the file. */
export interface LatencyLine extends Omit<HlogInterval, 'data'> {
  /** Bytes. */
  readonly at: number;
  readonly length: number;
}

/** A run's `latency.hlog`, of which only the lines' heads are in memory. */
export class LatencyFile implements Disposable {
  readonly path: string;
  readonly lines: readonly LatencyLine[];
  readonly #fd: number | undefined;
  #bytes = Buffer.alloc(4096);

  /**
   * A file that is not there has no lines. A last line that was cut short is left out.
   * @throws {CtloadError} exit 2 naming the file (and line) for one that ctload did not write.
   */
  constructor(folder: string) {
    this.path = join(folder, LATENCY_FILE);
    try {
      this.#fd = openRegular(this.path);
    } catch (cause) {
      if (errnoOf(cause) !== 'ENOENT') throw unreadable(`cannot read ${this.path}: ${reasonOf(cause)}`, cause);
    }
    this.lines = this.#fd === undefined ? [] : linesOf(this.path);
  }

  /** The encoded histogram of one of `lines`. */
  dataOf({ at, length }: LatencyLine): string {
    if (this.#fd === undefined) throw new Error('a line of another file');
    if (length > this.#bytes.length) this.#bytes = Buffer.alloc(2 * length);
    return this.#bytes.toString('latin1', 0, readSync(this.#fd, this.#bytes, 0, length, at));
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}

function linesOf(path: string): LatencyLine[] {
  const lines: LatencyLine[] = [];
  let number = 0;
  try {
    for (const { text, end, whole } of fileLines(path)) {
      number++;
      if (!whole) continue;
      const interval = parseHlogLine(text);
      if (interval === undefined) continue;
      const { data, flood, phase, from, to } = interval;
      lines.push({ flood, phase, from, to, at: end - data.length, length: data.length });
    }
  } catch (cause) {
    throw unreadable(`${path}:${number}: ${messageOf(cause)}`, cause);
  }
  return lines;
}

/** Exit 2, with a way to get a report all the same. */
export function unreadable(message: string, cause: unknown): CtloadError {
  return usageError(message, 'remove it: without that file the report has everything but latencies', cause);
}
