import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
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

  /** A file that is not there has no lines. A last line that was cut short is left out. */
  constructor(folder: string) {
    this.path = join(folder, LATENCY_FILE);
    if (existsSync(this.path)) {
      this.lines = linesOf(this.path);
      this.#fd = openSync(this.path, 'r');
    } else {
      this.lines = [];
    }
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
  for (const { text, end, whole } of fileLines(path)) {
    const interval = whole ? parseHlogLine(text) : undefined;
    if (interval === undefined) continue;
    const { data, flood, phase, from, to } = interval;
    lines.push({ flood, phase, from, to, at: end - data.length, length: data.length });
  }
  return lines;
}
