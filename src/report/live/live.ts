import { type Clock, monotonic } from '../../platform/clock.ts';
import type { LiveState } from './live-frame.ts';
import { Lines } from './live-lines.ts';
import { Picture } from './live-picture.ts';
import type { LiveView, Screen } from './live-view.ts';

export type { LiveState };

export interface LiveOptions {
  readonly color: boolean;
  /** TERM and the locale are read from it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

/** On a terminal that can move its cursor a picture that is redrawn four times per second, elsewhere one plain line per second. */
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
