import { milliseconds } from '../../model/format.ts';
import { metricNamed, parseSelector } from '../../model/input/metrics.ts';

/** `conn_failed: expected rate<0.01, observed 0.62`. `observed` is in the unit of the metric. */
export function thresholdCrossed(crossing: {
  readonly metric: string;
  readonly expression: string;
  readonly observed: number;
}): string {
  const { metric, expression, observed } = crossing;
  return `${metric}: expected ${expression}, observed ${metricText(metric, observed)}`;
}

/** A value of a metric: times in milliseconds or seconds, everything else with four digits. */
export function metricText(metric: string, value: number): string {
  const type = metricNamed(parseSelector(metric)?.name ?? '')?.type;
  return type === 'trend' ? milliseconds(value) : String(Number(value.toPrecision(4)));
}
