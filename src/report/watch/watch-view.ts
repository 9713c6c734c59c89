import type { WatchSample } from '../../model/result/watch.ts';
import type { Screen } from '../live/live-view.ts';
import { RedrawnLines } from '../live/redrawn-lines.ts';
import { painter } from '../text/layout.ts';
import { watchFrame, watchLines } from './watch-lines.ts';

/** Shows samples: redrawn in place on a terminal that can move its cursor, as lines elsewhere. */
export function watchView(stream: Screen, { color, term = '' }: { readonly color: boolean; readonly term?: string | undefined }) {
  if (stream.isTTY !== true || term === '' || term === 'dumb') {
    return (sample: WatchSample) => void stream.write(`${watchLines(sample).join('\n')}\n`);
  }
  const paint = painter(color);
  const lines = new RedrawnLines(stream);
  return (sample: WatchSample) => lines.draw(watchFrame(sample, { ...lines.size, paint }));
}
