import { OPERATORS, type Operator } from '../../model/input/threshold.ts';
import { parseQuantity } from '../../model/quantity.ts';
import { PLAN_METRIC_NAMES, PLAN_METRICS, type PlanMetricName } from '../../model/result/plan/plan-metrics.ts';
import { didYouMean } from '../../model/suggest.ts';
import { parseCount, parseDuration } from '../../model/units.ts';

/** `--require utilization<0.8`, `--require 'limit>=baseline*0.9'` */
export interface GateRule {
  readonly expression: string;
  readonly metric: PlanMetricName;
  readonly operator: Operator;
  /** A number, or how many times the same figure of the baseline. */
  readonly limit: { readonly value: number } | { readonly timesBaseline: number };
}

const EXAMPLES = {
  entries: 'a number such as 200000 or 200k',
  rate: 'a number per second such as 500 or 2k',
  share: 'a share such as 0.8 or 80%',
  seconds: 'a duration such as 5m',
  bytes: 'an amount of memory such as 256Mi',
} as const;

const VALUES = {
  entries: parseCount,
  rate: parseCount,
  share: (text: string) => (text.endsWith('%') ? scaled(parseCount(text.slice(0, -1)), 0.01) : parseCount(text)),
  seconds: parseDuration,
  bytes: parseQuantity,
} as const satisfies Readonly<Record<keyof typeof EXAMPLES, (text: string) => number | undefined>>;

/** Parses `METRIC OPERATOR VALUE`; returns a message when the text is not valid. Spaces around the operator do not matter. */
export function parseRequirement(text: string): GateRule | string {
  const [, name = '', operator, right = ''] = new RegExp(`^(.*?)(${OPERATORS.join('|')})(.*)$`, 's').exec(text) ?? [];
  if (operator === undefined) {
    return `expected a metric, one of ${OPERATORS.join(' ')} and a value, e.g. utilization<0.8 or limit>=baseline`;
  }
  const metric = PLAN_METRIC_NAMES.find((known) => known === name.trim());
  if (metric === undefined) return unknownMetric(name.trim());
  const { unit } = PLAN_METRICS[metric];
  const limit = parseBaseline(right.trim()) ?? asValue(VALUES[unit](right.trim()));
  if (limit === undefined) {
    return `expected ${EXAMPLES[unit]}, or baseline, after ${operator}, got ${JSON.stringify(right.trim())}`;
  }
  return { expression: text.trim(), metric, operator: operator as Operator, limit };
}

/** `baseline`, `baseline*0.9` */
function parseBaseline(text: string): GateRule['limit'] | undefined {
  const [match, factor = '1'] = /^baseline(?:\s*\*\s*(\S+))?$/.exec(text) ?? [];
  const times = match === undefined ? undefined : parseCount(factor);
  return times === undefined ? undefined : { timesBaseline: times };
}

function asValue(value: number | undefined): GateRule['limit'] | undefined {
  return value === undefined ? undefined : { value };
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** Keys of the plan's JSON are understood with the part that they are in. */
function unknownMetric(name: string): string {
  const bare = name.replace(/^(load|limit)\./, '');
  const ofKey = PLAN_METRIC_NAMES.find((known) => PLAN_METRICS[known].key.toLowerCase() === bare.toLowerCase());
  const meant = ofKey === undefined ? didYouMean(bare, PLAN_METRIC_NAMES) : `; did you mean ${ofKey}?`;
  return `unknown metric ${JSON.stringify(name)}${meant || `; use ${PLAN_METRIC_NAMES.join(', ')}`}`;
}
