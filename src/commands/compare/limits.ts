import { METRIC_NAMES, metricNamed, parseSelector, selectorText } from '../../model/input/metrics.ts';
import { AGGREGATIONS, supports } from '../../model/input/threshold.ts';
import type { RegressionLimit } from '../../model/result/comparison.ts';
import { didYouMean } from '../../model/suggest.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';

const AGGREGATED = /^(.*\S)[ .](count|rate|value|avg|min|max|med|p\([\d.]+\))$/;

/**
 * `breaking_point_entries=2%`, `conn_connecting p(99)=10%`, `conn_failed{flood:requests}=5%`.
 * @throws {CtloadError} exit 2, saying what is wrong with it.
 */
export function parseLimit(text: string): RegressionLimit {
  const [, left = '', percentage] = /^(.+)=\s*(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  if (percentage === undefined) throw usage(text, 'expected METRIC=PERCENT%, e.g. breaking_point_entries=2%');
  const [, named, aggregation] = AGGREGATED.exec(left.trim()) ?? [];
  const selector = parseSelector(named ?? left);
  if (selector === undefined) throw usage(text, 'expected a metric such as conn_failed or conn_failed{flood:requests}');
  const type = metricNamed(selector.name)?.type;
  const meant = type === undefined ? didYouMean(selector.name, METRIC_NAMES) : ''; // a run has figures besides these metrics
  if (meant !== '') throw usage(text, `there is no metric ${selector.name}${meant}`);
  if (type !== undefined && aggregation !== undefined && !supports(type, aggregation)) {
    throw usage(text, `${selector.name} is a ${type} and has ${AGGREGATIONS[type].join(', ')}`);
  }
  return { metric: selectorText(selector), aggregation, share: Number(percentage) / 100 };
}

function usage(text: string, hint: string): CtloadError {
  return new CtloadError(`--max-regression ${text}: invalid limit`, { hint, exitCode: ExitCode.usage });
}
