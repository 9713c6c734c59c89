import { closeSync, openSync, readSync } from 'node:fs';

/** A /proc file that is opened once and read repeatedly: no path lookup, no allocation per reading. */
export class ProcFile {
  readonly #fd: number;
  #buffer: Buffer = Buffer.allocUnsafe(16 * 1024);
  #length = 0;

  /** @throws the errno of open(2). */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
  }

  /** The bytes of the last reading are the first `length` of this. */
  get bytes(): Buffer {
    return this.#buffer;
  }

  /**
   * Reads the whole file again and returns its length. seq_file returns at most one page per call, so a file may need several;
   * `expected`, the length of a file of constant size, saves the call that only detects the end.
   */
  read(expected = Number.POSITIVE_INFINITY): number {
    this.#length = 0;
    while (this.#length < expected) {
      if (this.#length === this.#buffer.length) this.#grow();
      const count = readSync(this.#fd, this.#buffer, this.#length, this.#buffer.length - this.#length, this.#length);
      if (count === 0) break;
      this.#length += count;
    }
    return this.#length;
  }

  /** Reads the whole file again, as text. */
  text(): string {
    return this.#buffer.toString('latin1', 0, this.read());
  }

  close(): void {
    closeSync(this.#fd);
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
