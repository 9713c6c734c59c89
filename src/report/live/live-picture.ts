import type { Clock } from '../../platform/clock.ts';
import { painter, type Styler } from '../text/layout.ts';
import { Trend } from '../text/sparkline.ts';
import { clip, dropNews, type LiveState, liveFrame } from './live-frame.ts';
import type { LiveView, Screen } from './live-view.ts';
import { RedrawnLines } from './redrawn-lines.ts';

const INTERVAL = 0.25;
const SLACK = 0.02; // updates come at about the same interval: do not skip every other one

/** A few lines that are redrawn in place, below everything that was written before. */
export class Picture implements LiveView {
  readonly #stream: Screen;
  readonly #lines: RedrawnLines;
  readonly #paint: Styler;
  readonly #unicode: boolean;
  readonly #clock: Clock;
  readonly #trend = new Trend();
  readonly #onResize = () => this.#draw();
  #drawn = Number.NEGATIVE_INFINITY;
  #latest: LiveState | undefined;
  #announced = false;
  #closed = false;

  constructor(stream: Screen, { color, unicode }: { readonly color: boolean; readonly unicode: boolean }, clock: Clock) {
    this.#stream = stream;
    this.#lines = new RedrawnLines(stream);
    this.#paint = painter(color);
    this.#unicode = unicode;
    this.#clock = clock;
    stream.on?.('resize', this.#onResize);
  }

  update(state: LiveState): void {
    if (this.#closed) return;
    const isOther = state.phase !== this.#latest?.phase; // somebody who pressed Ctrl-C waits to see it
    this.#latest = state;
    this.#trend.add(state.totalSeconds > 0 ? state.t / state.totalSeconds : 1, state.entries);
    const isNews = state.firstDrop !== null && !this.#announced;
    if (isNews || isOther || this.#clock() - this.#drawn >= INTERVAL - SLACK) this.#draw();
  }

  close(): void {
    if (this.#closed) return;
    this.#draw();
    this.#closed = true;
    this.#stream.off?.('resize', this.#onResize);
  }

  #draw(): void {
    const state = this.#latest;
    if (state === undefined) return;
    this.#drawn = this.#clock();
    const { size } = this.#lines;
    const news = this.#news(state, size.width);
    this.#lines.draw(liveFrame(state, this.#trend, { ...size, unicode: this.#unicode, paint: this.#paint }), news);
  }

  /** Shown once, in a line of its own that stays above the picture. */
  #news(state: LiveState, width: number): string {
    const news = this.#announced ? undefined : dropNews(state);
    if (news === undefined) return '';
    this.#announced = true;
    return `${this.#paint('bold', this.#paint('red', clip(news, width)))}\n`;
  }
}
