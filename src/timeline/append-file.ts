import { closeSync, fstatSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { type Clock, monotonic } from '../platform/clock.ts';
import { CtloadError, reasonOf } from '../platform/errors.ts';

const BUFFERED = 64 * 1024;
const LONGEST_UNWRITTEN = 1; // seconds; what a SIGKILL may cost

/** A text file that is written from the start, in blocks. */
export class AppendFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #clock: Clock;
  #buffer = '';
  #written: number;
  #error: unknown;

  /** @throws {CtloadError} exit 100 when the file cannot be created. */
  constructor(path: string, clock: Clock = monotonic) {
    this.#path = path;
    this.#clock = clock;
    this.#written = clock();
    try {
      rmSync(path, { force: true }); // a new file, so that `close` can tell another run's from its own
      this.#fd = openSync(path, 'wx');
    } catch (cause) {
      throw new CtloadError(`cannot write ${path}: ${reasonOf(cause)}`, {
        hint: 'name a folder you may write to with --output DIR',
        cause,
      });
    }
  }

  /** Never throws: a full disk must not stop the load. `close` tells. */
  append(line: string): void {
    this.#buffer += `${line}\n`;
    if (this.#buffer.length >= BUFFERED || this.#clock() - this.#written >= LONGEST_UNWRITTEN) this.#flush();
  }

  /** @throws {CtloadError} exit 100 when anything could not be written, or the file at its path is not this one any more. */
  close(): void {
    this.#flush();
    const { ino } = fstatSync(this.#fd);
    closeSync(this.#fd);
    if (this.#error === undefined && statSync(this.#path, { throwIfNoEntry: false })?.ino !== ino) {
      throw new CtloadError(`${this.#path} was replaced or removed while it was written`, {
        hint: 'give each run a folder of its own: --output DIR',
      });
    }
    if (this.#error !== undefined) {
      throw new CtloadError(`cannot write ${this.#path}: ${reasonOf(this.#error)}`, {
        hint: 'free some space, or name another folder with --output DIR',
        cause: this.#error,
      });
    }
  }

  #flush(): void {
    this.#written = this.#clock();
    if (this.#buffer === '' || this.#error !== undefined) return;
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = '';
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
    } catch (error) {
      this.#error = error;
    }
  }
}
