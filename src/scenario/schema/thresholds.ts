import { z } from 'zod';
import { list as listed } from '../../model/format.ts';
import type { FloodKind } from '../../model/input/flood-kind.ts';
import {
  METRIC_NAMES,
  METRICS,
  type Metric,
  type MetricType,
  metricNamed,
  parseSelector,
  type Selector,
} from '../../model/input/metrics.ts';
import { AGGREGATIONS, parseExpression, supports } from '../../model/input/threshold.ts';
import { didYouMean } from '../../model/suggest.ts';
import { FAILURE_CAUSES } from '../../model/timeline/attempt.ts';
import type { Path } from '../text/problem.ts';
import { expressionPattern, selectorPattern } from './patterns.ts';
import { duration, notOneOf } from './values.ts';

const expression = z.string().superRefine((text, context) => {
  const parsed = parseExpression(text);
  if (typeof parsed === 'string') context.addIssue({ code: 'custom', message: parsed });
});

const abortOnFail = z.boolean().default(false).describe('Whether to stop the load as soon as the threshold is crossed.');

const threshold = z.union([
  expression,
  z.strictObject({
    threshold: expression,
    abortOnFail,
    delayAbortEval: duration({ min: 0 }, 'Time from the start of the load before it may be stopped, e.g. 10s.').prefault('0s'),
  }),
]);

/** As Prometheus names series; alerts may be called otherwise, but nobody does. */
const ALERT_NAME = '[a-zA-Z_][a-zA-Z0-9_]*';

type ThresholdsFile = Readonly<Record<string, readonly z.output<typeof threshold>[]>>;

/** The `thresholds` section. Checks metrics, tags and aggregations; `checkFloods` checks the floods that they name. */
export const thresholds = z
  .record(z.string(), z.array(threshold))
  .superRefine((file, context) => {
    for (const [metric, list] of Object.entries(file)) checkMetric(metric, list, context);
  })
  .meta({
    description: 'Pass criteria by metric, as in k6: conn_failed, or conn_failed{flood:requests} for one flood.',
    patternProperties: Object.fromEntries(metricPatterns()),
    additionalProperties: false,
  });

/** The JSON Schema of the thresholds of metrics, by the pattern of their names: what a metric may have is known from its name. */
function metricPatterns(): [string, object][] {
  const flood = { name: 'flood', value: '[0-9a-zA-Z_-]{1,100}' };
  const cause = { name: 'cause', value: FAILURE_CAUSES.join('|') };
  const named = (wanted: (metric: Metric) => boolean) => METRIC_NAMES.filter((name) => wanted(METRICS[name]));
  return (['counter', 'gauge', 'rate', 'trend'] as const).flatMap((type): [string, object][] => {
    const of = (tag: 'flood' | 'none', afterwards: boolean) =>
      named(
        (metric) =>
          metric.type === type &&
          metric.tags.includes('flood') === (tag === 'flood') &&
          !metric.tags.includes('alert') &&
          (metric.afterwards ?? false) === afterwards,
      );
    const alerts = named((metric) => metric.type === type && metric.tags.includes('alert'));
    const caused = named((metric) => metric.type === type && metric.tags.includes('cause'));
    const groups: [readonly string[], string, boolean][] = [
      [of('flood', false), selectorPattern(of('flood', false), [flood]), true],
      [of('none', false), selectorPattern(of('none', false), []), true],
      [of('none', true), selectorPattern(of('none', true), []), false],
      [alerts, selectorPattern(alerts, [], [{ name: 'alert', value: ALERT_NAME }]), false],
      [caused, selectorPattern(caused, [flood], [cause]), false], // causes are only determined after the run
    ];
    return groups.filter(([names]) => names.length > 0).map(([, pattern, live]) => [pattern, thresholdsSchema(type, live)]);
  });
}

function thresholdsSchema(type: MetricType, mayAbort: boolean): object {
  const text = expression.meta({
    description: 'Pass criterion in k6’s grammar: aggregation, operator and number, e.g. p(99)<250. Times are in milliseconds.',
    pattern: expressionPattern(AGGREGATIONS[type]),
  });
  const long = threshold.options[1].extend({
    threshold: text,
    abortOnFail: mayAbort ? abortOnFail : z.literal(false).optional().describe('Only known after the run.'),
  });
  const { $schema: _, ...schema } = z.toJSONSchema(z.array(z.union([text, long])), { io: 'input', target: 'draft-7' });
  return schema;
}

/** Refuses sub-metrics of floods that do not exist, or whose kind does not have the metric. */
export function checkFloods(
  {
    thresholds = {},
    floods,
  }: { thresholds?: ThresholdsFile | undefined; floods: Readonly<Record<string, { kind?: FloodKind }>> },
  context: z.core.$RefinementCtx,
): void {
  for (const text of Object.keys(thresholds)) {
    const selector = parseSelector(text);
    const flood = selector?.tags['flood'];
    if (selector === undefined || flood === undefined) continue;
    const problem = wrongFlood(selector.name, flood, floods);
    if (problem !== undefined) refuseKey(context, ['thresholds', text], problem);
  }
}

function checkMetric(text: string, list: ThresholdsFile[string], context: z.core.$RefinementCtx): void {
  const selector = parseSelector(text);
  const metric = selector && metricNamed(selector.name);
  for (const problem of wrongSelector(selector)) refuseKey(context, [text], problem);
  if (selector === undefined || metric === undefined) return;
  for (const [index, entry] of list.entries()) {
    const long = typeof entry !== 'string';
    const parsed = parseExpression(long ? entry.threshold : entry);
    if (typeof parsed !== 'string' && !supports(metric.type, parsed.aggregation)) {
      const message = `${selector.name} is a ${metric.type}: it supports ${AGGREGATIONS[metric.type].join(', ')}, not ${parsed.aggregation}`;
      context.addIssue({ code: 'custom', path: long ? [text, index, 'threshold'] : [text, index], message });
    }
    if (long && entry.abortOnFail && isKnownAfterwards(selector, metric)) {
      const message = `${text} is only known after the run, so abortOnFail is not possible`;
      context.addIssue({ code: 'custom', path: [text, index, 'abortOnFail'], message });
    }
  }
}

function wrongSelector(selector: Selector | undefined): string[] {
  if (selector === undefined) return ['expected a metric such as conn_failed, or with a tag: conn_failed{flood:requests}'];
  const metric = metricNamed(selector.name);
  if (metric === undefined) return [`unknown metric ${selector.name}${insteadOf(selector.name)}`];
  return wrongTags(selector, metric);
}

function wrongTags({ name, tags }: Selector, metric: Metric): string[] {
  if (metric.tags.includes('alert') && !new RegExp(`^${ALERT_NAME}$`).test(tags['alert'] ?? '')) {
    return [`${name} is of one alert of --alert-rules: ${name}{alert:NodeHighNumberConntrackEntriesUsed}`];
  }
  return Object.entries(tags).flatMap(([tag, value]) => {
    if (!metric.tags.some((known) => known === tag)) {
      const known = metric.tags.length === 0 ? 'it has no tags' : `it has ${metric.tags.join(' and ')}`;
      return [`${name} has no tag ${tag}${didYouMean(tag, metric.tags) || `; ${known}`}`];
    }
    return tag === 'cause' && !FAILURE_CAUSES.some((cause) => cause === value)
      ? [`${name}: cause ${notOneOf(value, FAILURE_CAUSES)}`]
      : [];
  });
}

/** k6's metrics that ctload has in another form, or not at all. */
const WITHOUT_COUNTERPART: ReadonlyMap<string, string> = new Map([
  ['checks', 'ctload checks no responses; conn_failed is the share of attempts that failed: rate>0.99 becomes rate<0.01'],
  ['http_req_sending', 'only the whole time is measured: conn_duration'],
  ['http_req_receiving', 'only the whole time is measured: conn_duration'],
  ['http_req_tls_handshaking', 'ctload uses no TLS; connecting is conn_connecting'],
  ['group_duration', 'ctload has no groups; use conn_duration{flood:<name>}'],
  ['data_sent', 'ctload counts connections, not bytes: conns'],
  ['data_received', 'ctload counts connections, not bytes: conns'],
  ['ws_ping', 'heartbeats are reported, but have no metric; use ws_connecting or ws_session_duration'],
]);

function insteadOf(name: string): string {
  const instead = WITHOUT_COUNTERPART.get(name);
  return instead === undefined ? suggestion(name, METRIC_NAMES) : `; ${instead}`;
}

/** Causes are only determined after the run. */
function isKnownAfterwards({ tags }: Selector, metric: Metric): boolean {
  return metric.afterwards === true || tags['cause'] !== undefined;
}

function wrongFlood(name: string, flood: string, floods: Readonly<Record<string, { kind?: FloodKind }>>): string | undefined {
  if (!Object.hasOwn(floods, flood)) return `unknown flood ${flood}${suggestion(flood, Object.keys(floods))}`;
  const kinds = metricNamed(name)?.kinds;
  const kind = floods[flood]?.kind;
  if (kinds === undefined || kind === undefined || kinds.includes(kind)) return undefined;
  return `${flood} is a ${kind} flood, but ${name} is only measured for ${listed(kinds)} floods`;
}

function suggestion(typed: string, names: readonly string[]): string {
  const nearest = didYouMean(typed, names);
  return nearest === '' ? `; use ${names.join(', ')}` : nearest;
}

function refuseKey(context: z.core.$RefinementCtx, path: Path, message: string): void {
  context.addIssue({ code: 'custom', path: [...path], message, params: { about: 'key' } });
}
