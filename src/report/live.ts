import { type Clock, monotonic } from '../platform/clock.ts';
import { painter } from './layout.ts';
import { type LiveState, liveFrame, livePlain } from './live-frame.ts';

export type { LiveState };

export interface LiveView {
  /** Shows `state`, no more often than an eye or a log needs; the newest state wins. */
  update(state: LiveState): void;
  /** Shows the last state and gives the terminal back. Safe to call twice; updates after it are ignored. */
  close(): void;
}

/** What a live view needs of a stream; process.stderr has it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_TO_END = '\x1b[J';
const REDRAW_INTERVAL = 0.25;
const LINE_INTERVAL = 1;
const SLACK = 0.02; // updates come at about the same interval: do not skip every other one

/** On a terminal a picture that is redrawn four times a second, elsewhere one plain line a second. */
export function createLiveView(stream: Screen, options: { readonly color: boolean; readonly clock?: Clock }): LiveView {
  const clock = options.clock ?? monotonic;
  return stream.isTTY === true ? new Picture(stream, options.color, clock) : new Lines(stream, clock);
}

class Picture implements LiveView {
  readonly #stream: Screen;
  readonly #color: boolean;
  readonly #clock: Clock;
  readonly #restore = () => this.#stream.write(SHOW_CURSOR);
  #drawn = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #latest: LiveState | undefined;
  #closed = false;

  constructor(stream: Screen, color: boolean, clock: Clock) {
    this.#stream = stream;
    this.#color = color;
    this.#clock = clock;
    process.once('exit', this.#restore); // whatever ends ctload, the cursor comes back
  }

  update(state: LiveState): void {
    if (this.#closed) return;
    this.#latest = state;
    if (this.#clock() - this.#drawn >= REDRAW_INTERVAL - SLACK) this.#draw(state);
  }

  close(): void {
    if (this.#closed) return;
    if (this.#latest !== undefined) this.#draw(this.#latest);
    this.#closed = true;
    process.off('exit', this.#restore);
    this.#stream.write(SHOW_CURSOR);
  }

  #draw(state: LiveState): void {
    this.#drawn = this.#clock();
    const width = Math.max(1, (this.#stream.columns ?? 80) - 1); // a full line would wrap
    const frame = liveFrame(state, width, painter(this.#color));
    const up = this.#lines === 0 ? '' : `\x1b[${this.#lines}A`;
    this.#stream.write(`${HIDE_CURSOR}${up}\r${CLEAR_TO_END}${frame.join('\n')}\n`);
    this.#lines = frame.length;
  }
}

class Lines implements LiveView {
  readonly #stream: Screen;
  readonly #clock: Clock;
  #written = Number.NEGATIVE_INFINITY;
  #pending: LiveState | undefined;
  #closed = false;

  constructor(stream: Screen, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  update(state: LiveState): void {
    if (this.#closed) return;
    this.#pending = state;
    if (this.#clock() - this.#written >= LINE_INTERVAL - SLACK) this.#write();
  }

  close(): void {
    this.#write();
    this.#closed = true;
  }

  #write(): void {
    if (this.#pending === undefined) return;
    this.#written = this.#clock();
    this.#stream.write(`${livePlain(this.#pending)}\n`);
    this.#pending = undefined;
  }
}
