import { seconds } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';
import { type Styler, wrap } from '../text/layout.ts';
import { metricText } from '../wording/threshold.ts';

/** Every threshold, whether it held, and what was observed; nothing when there are none. */
export function thresholdLines({ thresholds }: Summary, width: number, paint: Styler): string[] {
  if (thresholds.length === 0) return [];
  const failed = thresholds.filter(({ ok }) => !ok).length;
  const title = failed === 0 ? 'Thresholds: all hold' : `Thresholds: ${failed} of ${thresholds.length} failed`;
  const lines = thresholds.flatMap((threshold) => {
    const mark = threshold.ok ? paint('green', '+') : paint('red', 'x');
    return wrap(thresholdSentence(threshold), width - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`);
  });
  return [paint('dim', `  ${title}`), ...lines, ''];
}

type Judged = Summary['thresholds'][number];

/** `conn_failed rate<0.01: failed, 0.62` */
export function thresholdSentence(threshold: Judged): string {
  const { metric, expression, ok } = threshold;
  return `${metric} ${expression}: ${ok ? 'ok' : 'failed'}, ${observedText(threshold)}`;
}

/** The observed value with its unit, and when crossing it stopped the load. */
export function observedText(threshold: Judged): string {
  const { metric, observed, stoppedAtSeconds } = threshold;
  const stopped = stoppedAtSeconds === null ? '' : `, stopped the load at ${seconds(stoppedAtSeconds)}`;
  return `${observed === null ? nothingObserved(threshold) : metricText(metric, observed)}${stopped}`;
}

function nothingObserved({ metric, ok, stoppedAtSeconds }: Judged): string {
  if (metric.startsWith('alert_lead_seconds')) return ok ? 'nothing was lost' : 'did not fire';
  return ok || stoppedAtSeconds !== null ? 'no sample' : 'not within the load';
}
