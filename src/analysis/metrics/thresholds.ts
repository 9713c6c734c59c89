import { parseSelector } from '../../model/input/metrics.ts';
import { holds, observed, parseExpression } from '../../model/input/threshold.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { RunLog } from '../log/run-log.ts';
import type { MetricReader } from './metrics.ts';

/** Judges the scenario's thresholds over the whole run. One that stopped the load has failed, whatever came after. */
export function judgeThresholds(log: RunLog, read: MetricReader): Summary['thresholds'] {
  const stops = log.events.filter(({ name }) => name === 'threshold-crossed');
  return (log.meta.scenario.thresholds ?? []).flatMap(({ metric, expression: text }) => {
    const selector = parseSelector(metric);
    const expression = parseExpression(text);
    if (selector === undefined || typeof expression === 'string') return [];
    const value = observed(expression, read(selector, [expression.aggregation]));
    const stop = stops.find(({ threshold }) => threshold?.metric === metric && threshold.expression === text);
    const ok = stop === undefined && holds(expression, value);
    return [{ metric, expression: text, ok, observed: value, stoppedAtSeconds: stop?.t ?? null }];
  });
}

/** What stopped the load before its time; undefined when nothing did. */
export function stopReason(log: RunLog): string | undefined {
  const stop = log.events.find(({ name }) => name === 'threshold-crossed');
  return stop && `The load was stopped at ${stop.t.toFixed(2)} s by a threshold: ${stop.detail}.`;
}
