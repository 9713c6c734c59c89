import { type Clock, monotonic } from '../platform/clock.ts';
import type { LiveState } from './live-frame.ts';
import { Lines } from './live-lines.ts';
import { Picture } from './live-picture.ts';

export type { LiveState };

export interface LiveView {
  /** Shows `state`, no more often than an eye or a log needs, but the first drop at once; the newest state wins. */
  update(state: LiveState): void;
  /** Shows the last state and leaves it there. Safe to call twice; updates after it are ignored. */
  close(): void;
}

/** What a live view needs of a stream; process.stderr has it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

export interface LiveOptions {
  readonly color: boolean;
  /** TERM and the locale are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

/** On a terminal that can move its cursor a picture that is redrawn four times a second, elsewhere one plain line a second. */
export function createLiveView(stream: Screen, { color, environment, clock = monotonic }: LiveOptions): LiveView {
  const term = environment['TERM'] ?? '';
  if (stream.isTTY !== true || term === '' || term === 'dumb') return new Lines(stream, clock);
  return new Picture(stream, { color, unicode: hasBlocks(term, environment) }, clock);
}

/** The Linux console's font lacks most of the block characters. The locale is found as in locale(7). */
function hasBlocks(term: string, environment: LiveOptions['environment']): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return term !== 'linux' && /utf-?8/i.test(locale);
}
