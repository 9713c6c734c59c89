import { type BodyProgress, ChunkedBody } from './chunked-body.ts';
import { type Framing, parseResponseHead } from './response-head.ts';

/** Bytes a head, or the trailer of a chunked body, may have: what Node and undici allow. */
const MOST_HEAD = 16_384;
const FIRST_BYTES = 'HTTP/1.';

/**
 * Reads one HTTP/1.1 response to a GET, as it comes in, and keeps nothing of it but the status. Strict: what RFC 9112 does
 * not allow is malformed, so that a broken server shows. Must not be fed after it said `complete` or `malformed`.
 */
export class ResponseReader {
  /** Of the final response, once its head is complete; 0 before. */
  status = 0;
  #head = '';
  #framing: Framing = 'stream';
  /** Bytes to come of a body whose length is known. */
  #left = 0;
  #chunks: ChunkedBody | undefined;

  /** Whether the response is complete when the other side closes now. */
  get endsWithStream(): boolean {
    return this.status !== 0 && this.#framing === 'stream';
  }

  /** What lies behind the end of the response is ignored. */
  read(chunk: Buffer): BodyProgress {
    return this.status === 0 ? this.#readHead(chunk) : this.#readBody(chunk, 0);
  }

  #readHead(chunk: Buffer): BodyProgress {
    const before = this.#head.length;
    this.#head += chunk.toString('latin1', 0, Math.min(chunk.length, MOST_HEAD + 1 - before));
    if (!FIRST_BYTES.startsWith(this.#head.slice(0, FIRST_BYTES.length))) return 'malformed';
    for (let from = 0; ; ) {
      const end = this.#head.indexOf('\r\n\r\n', from);
      if (end < 0) return this.#head.length > MOST_HEAD ? 'malformed' : 'more';
      const head = parseResponseHead(this.#head.slice(from, end + 2));
      from = end + 4;
      if (head === undefined) return 'malformed';
      if (head.status < 200) continue; // informational: the final one follows
      this.status = head.status;
      this.#framing = head.framing;
      this.#head = '';
      if (typeof head.framing === 'number') this.#left = head.framing;
      return this.#readBody(chunk, from - before);
    }
  }

  #readBody(chunk: Buffer, from: number): BodyProgress {
    switch (this.#framing) {
      case 'stream':
        return 'more';
      case 'chunked':
        this.#chunks ??= new ChunkedBody();
        return this.#chunks.read(chunk, from);
      default:
        this.#left -= chunk.length - from;
        return this.#left > 0 ? 'more' : 'complete';
    }
  }
}
