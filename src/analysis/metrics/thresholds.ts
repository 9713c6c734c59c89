import { parseSelector } from '../../model/input/metrics.ts';
import type { Threshold } from '../../model/input/threshold.ts';
import { holds, observed, parseExpression } from '../../model/input/threshold.ts';
import type { Reason } from '../../model/result/findings.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { EventRecord } from '../../model/timeline/sample.ts';
import type { MetricReader } from './metrics.ts';

/** Judges the scenario's thresholds over the whole run. One that stopped the load has failed, whatever came after. */
export function judgeThresholds(
  thresholds: readonly Threshold[],
  events: readonly EventRecord[],
  read: MetricReader,
): Summary['thresholds'] {
  const stops = events.filter(({ name }) => name === 'threshold-crossed');
  return thresholds.flatMap(({ metric, expression: text }) => {
    const selector = parseSelector(metric);
    const expression = parseExpression(text);
    if (selector === undefined || typeof expression === 'string') return [];
    const value = observed(expression, read(selector, [expression.aggregation]));
    const stop = stops.find(({ threshold }) => threshold?.metric === metric && threshold.expression === text);
    const ok = stop === undefined && holds(expression, value);
    const finite = value !== null && Number.isFinite(value) ? value : null;
    return [{ metric, expression: text, ok, observed: finite, stoppedAtSeconds: stop?.t ?? null }];
  });
}

/** What stopped the load early, a threshold or drops of the table; undefined when nothing did. */
export function stopOf(events: readonly EventRecord[]): Reason | undefined {
  const stop = events.find(({ name }) => name === 'threshold-crossed' || name === 'table-dropped');
  if (stop === undefined) return undefined;
  return { code: 'threshold-stopped', figures: { atSeconds: stop.t, crossed: stop.threshold, detail: stop.detail } };
}
