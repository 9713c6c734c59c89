/** How far a reader has got with what it was given. */
export type BodyProgress = 'more' | 'complete' | 'malformed';

const MOST_LINE = 4096; // bytes; a size with extensions is far shorter, a trailer field too
const MOST_TRAILER_LINES = 100;
const SIZE_LINE = /^([\dA-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?\r\n$/;
const TRAILER_LINE = /^[-!#$%&'*+.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n$/;
const LF = 10;

/** Reads a chunked body to its end (RFC 9112 §7.1). */
export class ChunkedBody {
  #expected: 'size' | 'data' | 'end of data' | 'trailer' = 'size';
  #line = '';
  /** Bytes to come of this chunk. */
  #left = 0;
  #trailerLines = 0;

  /** What `bytes` holds from index `from` on. */
  read(bytes: Buffer, from: number): BodyProgress {
    for (let at = from; at < bytes.length; ) {
      if (this.#expected === 'data') {
        const taken = Math.min(this.#left, bytes.length - at);
        at += taken;
        this.#left -= taken;
        if (this.#left === 0) this.#expected = 'end of data';
        continue;
      }
      const end = bytes.indexOf(LF, at) + 1 || bytes.length;
      if (this.#line.length + end - at > MOST_LINE) return 'malformed';
      this.#line += bytes.toString('latin1', at, end);
      at = end;
      if (!this.#line.endsWith('\n')) return 'more';
      const progress = this.#take(this.#line);
      this.#line = '';
      if (progress !== 'more') return progress;
    }
    return 'more';
  }

  #take(line: string): BodyProgress {
    switch (this.#expected) {
      case 'size': {
        const size = SIZE_LINE.exec(line)?.[1];
        if (size === undefined) return 'malformed';
        this.#left = Number.parseInt(size, 16);
        this.#expected = this.#left === 0 ? 'trailer' : 'data';
        return 'more';
      }
      case 'trailer':
        if (line === '\r\n') return 'complete';
        return TRAILER_LINE.test(line) && ++this.#trailerLines <= MOST_TRAILER_LINES ? 'more' : 'malformed';
      default:
        this.#expected = 'size';
        return line === '\r\n' ? 'more' : 'malformed';
    }
  }
}
