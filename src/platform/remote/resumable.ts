/** Ends every line: one that was cut off with its connection does not have it. */
const WHOLE = '\u001e';
/** Begins a line that is about the others. */
const CONTROL = '\u0006';
/** Lines received before the other end is told, which may forget them then. */
const ACKNOWLEDGED = 64;

/**
 * One end of a conversation in lines that survives its connections: lines are numbered by their order, each end keeps its own until
 * the other has them, and over a new connection both first say how many have come. Nothing is lost or said twice as long as both
 * ends live.
 */
export class Resumable {
  readonly #onLine: (line: string) => void;
  /** Lines that the other end may not have, the first of them number `#forgotten`. */
  #kept: string[] = [];
  #forgotten = 0;
  #received = 0;
  #acknowledged = 0;
  #write: ((line: string) => void) | undefined;
  /** Whether the other end has said over this connection what it has. */
  #resumed = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Goes on over a connection, in place of the last. @param write puts a line, without a newline, on it */
  attach(write: (line: string) => void): void {
    this.#write = write;
    this.#resumed = false;
    this.#acknowledged = this.#received;
    write(`${CONTROL}resume ${this.#received}${WHOLE}`);
  }

  /** The connection is lost: what is said is kept. */
  detach(): void {
    this.#write = undefined;
    this.#resumed = false;
  }

  send(line: string): void {
    this.#kept.push(line);
    if (this.#resumed) this.#write?.(line + WHOLE);
  }

  /** A line that came over the connection, whole or not. */
  receive(text: string): void {
    if (!text.endsWith(WHOLE)) return;
    const line = text.slice(0, -WHOLE.length);
    if (line.startsWith(CONTROL)) this.#control(line.slice(CONTROL.length));
    else if (this.#resumed) {
      this.#received++;
      if (this.#received - this.#acknowledged >= ACKNOWLEDGED) {
        this.#acknowledged = this.#received;
        this.#write?.(`${CONTROL}have ${this.#received}${WHOLE}`);
      }
      this.#onLine(line);
    }
  }

  #control(text: string): void {
    const [what, count] = text.split(' ');
    const had = Number(count);
    if (had > this.#forgotten) {
      this.#kept = this.#kept.slice(had - this.#forgotten);
      this.#forgotten = had;
    }
    if (what !== 'resume' || this.#write === undefined) return;
    this.#resumed = true;
    for (const line of this.#kept) this.#write(line + WHOLE);
  }
}
