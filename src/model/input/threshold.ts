import type { MetricType, MetricValues } from './metrics.ts';

/** One pass criterion of a scenario. */
export interface Threshold {
  /** Metric or sub-metric, e.g. `conn_failed{flood:requests}`. */
  readonly metric: string;
  /** Pass criterion in k6's grammar, e.g. `p(99)<250`. */
  readonly expression: string;
  /** Whether to stop the load as soon as the threshold is crossed. */
  readonly abortOnFail: boolean;
  /** Seconds from the start of the load before it may be stopped. */
  readonly delayAbortEvalSeconds: number;
}

/** Aggregations of samples by type of metric. For gauges k6 has only `value`; `avg`, `min` and `max` are ctload's. */
export const AGGREGATIONS = {
  counter: ['count', 'rate'],
  gauge: ['value', 'avg', 'min', 'max'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p(N)'],
} as const satisfies Readonly<Record<MetricType, readonly string[]>>;

/** Longer ones first, so that they match before their prefixes. */
export const OPERATORS = ['<=', '>=', '===', '==', '!=', '<', '>'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Expression {
  /** `count`, `max`, … or `p(99.9)`. */
  readonly aggregation: string;
  readonly operator: Operator;
  readonly limit: number;
}

const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const PLAIN: readonly string[] = [...new Set(Object.values(AGGREGATIONS).flat())].filter((name) => name !== 'p(N)');

/**
 * Parses k6's `aggregation operator number` (metrics/thresholds_parser.go); spaces around the operator do not matter.
 * Returns a message when the text is not valid.
 */
export function parseExpression(text: string): Expression | string {
  const found = new RegExp(`^(.*?)(${OPERATORS.join('|')})(.*)$`, 's').exec(text);
  if (found === null) return `expected an aggregation, one of ${OPERATORS.join(' ')} and a number, e.g. p(99)<250 or rate<0.01`;
  const [, left = '', operator, right = ''] = found;
  const aggregation = parseAggregation(left.trim());
  if (aggregation === undefined) return notAnAggregation(left.trim());
  const limit = parseDecimal(right.trim());
  if (limit === undefined) return `expected a number after ${operator}, got ${JSON.stringify(right.trim())}`;
  return { aggregation, operator: operator as Operator, limit };
}

/** Whether metrics of `type` have `aggregation`. */
export function supports(type: MetricType, aggregation: string): boolean {
  const known: readonly string[] = AGGREGATIONS[type];
  return known.includes(percentileOf(aggregation) === undefined ? aggregation : 'p(N)');
}

/** The N of `p(N)`, else undefined. */
export function percentileOf(aggregation: string): number | undefined {
  const [, text] = /^p\((.*)\)$/.exec(aggregation) ?? [];
  return text === undefined ? undefined : parseDecimal(text);
}

/** The value that the expression is about; null when the metric had no sample. */
export function observed({ aggregation }: Expression, values: MetricValues): number | null {
  return values[aggregation] ?? null;
}

/** Whether an expression that is not met never will be, whatever follows: what it is about only moves away from its limit. */
export function onlyWorsens({ aggregation, operator, limit }: Expression): boolean {
  switch (aggregation) {
    case 'count':
    case 'max':
      return operator === '<' || operator === '<=' || (isEqual(operator) && limit === 0);
    case 'min':
      return operator === '>' || operator === '>=';
    case 'rate':
      return limit === 0 && (operator === '<=' || isEqual(operator));
    default:
      return false;
  }
}

const isEqual = (operator: Operator) => operator === '==' || operator === '===';

/** Whether `value` meets the expression. Without a sample (null) it does; NaN meets none. */
export function holds({ operator, limit }: Expression, value: number | null): boolean {
  return value === null || (!Number.isNaN(value) && meets(value, operator, limit));
}

export function meets(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
    case '===':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** The aggregation with percentiles in one notation: `p(99.90)` → `p(99.9)`. */
function parseAggregation(text: string): string | undefined {
  const percentile = percentileOf(text);
  if (percentile !== undefined) return percentile >= 0 && percentile <= 100 ? `p(${percentile})` : undefined;
  return PLAIN.includes(text) ? text : undefined;
}

function notAnAggregation(text: string): string {
  const [, percentile] = /^p\(?(-?[\d.]+)\)?$/.exec(text) ?? [];
  if (percentile === undefined) return `unknown aggregation ${JSON.stringify(text)}; use ${PLAIN.join(', ')} or p(N)`;
  const inRange = Number(percentile) >= 0 && Number(percentile) <= 100;
  return inRange ? `write p(${percentile}) for a percentile, got ${text}` : `a percentile must be between 0 and 100, got ${text}`;
}

function parseDecimal(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}
