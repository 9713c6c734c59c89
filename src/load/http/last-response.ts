/** Bytes of a response that is remembered: comparing a longer one would cost more than reading its head again. */
const MOST = 4096;

/**
 * The last response that came in one piece. A server mostly answers with the same bytes again (until its Date changes), and the
 * same bytes mean the same: comparing them takes a twentieth of the time that reading them does.
 */
export class LastResponse {
  #bytes = Buffer.alloc(0);
  #status: number | undefined;

  /** Status of the response that `chunk` is, all of it; undefined when it is not the one that is remembered. */
  statusOf(chunk: Buffer): number | undefined {
    return chunk.length === this.#bytes.length && chunk.equals(this.#bytes) ? this.#status : undefined;
  }

  /** `chunk` is a complete response of that status; it may change afterwards. */
  remember(chunk: Buffer, status: number): void {
    if (chunk.length > MOST) return;
    if (this.#bytes.length === chunk.length) chunk.copy(this.#bytes);
    else this.#bytes = Buffer.from(chunk);
    this.#status = status;
  }
}
