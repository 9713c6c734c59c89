import { count, percent, seconds } from '../../model/format.ts';
import type { PredictedQuantity } from '../../model/result/predicted-quantity.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What each quantity is called, and how it is shown. */
export const QUANTITIES: Readonly<
  Record<PredictedQuantity['quantity'], readonly [name: string, show: (value: number) => string]>
> = {
  timeToFullSeconds: ['full after', seconds],
  peakEntries: ['peak entries', count],
  steadyEntries: ['steady entries', count],
  dropShareWhenFull: ['dropped when full', percent],
  entriesPerConnection: ['entries per connection', (value) => value.toFixed(2)],
  recoverySeconds: ['recovered after', seconds],
};

/** Predicted, measured and the difference, as far as the run came to it. */
export function predictionLines({ prediction }: Summary): [string, string][] {
  const compared = prediction.flatMap(({ quantity, predicted, measured, difference }) => {
    if (predicted === null || measured === null || difference === null) return [];
    const [name, show] = QUANTITIES[quantity];
    const off = `${difference < 0 ? '−' : '+'}${show(Math.abs(difference))}`;
    return [`${name} ${show(predicted)}, measured ${show(measured)} (${off})`];
  });
  return compared.length === 0 ? [] : [['Predicted', compared.join('; ')]];
}
