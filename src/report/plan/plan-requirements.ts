import { bytes, count, seconds } from '../../model/format.ts';
import type { PlanRequirement } from '../../model/result/plan/plan.ts';
import { PLAN_METRICS, type PlanMetricName } from '../../model/result/plan/plan-metrics.ts';
import type { Section } from '../document/document.ts';

/** `limit>=baseline: limit is 131,072 on m5.large, compared with 262,144`, of a requirement that is met or not. */
export function requirementText({ expression, metric, instanceType, observed, limit }: PlanRequirement): string {
  const compared = expression.includes('baseline') ? `, compared with ${metricText(metric, limit)}` : '';
  return `${expression}: ${metric} is ${metricText(metric, observed)}${instanceType === null ? '' : ` on ${instanceType}`}${compared}`;
}

/** What `--require` asked for, and whether it is so. */
export function requirementsSection(requirements: readonly PlanRequirement[]): Section {
  const items = requirements.map((one) => `${one.ok ? 'met' : 'not met'}: ${requirementText(one)}`);
  return { heading: 'Requirements', blocks: [{ kind: 'list', items }] };
}

/** `262,144`, `82 %`, `427 per second`, `159 s`, `71.8 MiB`; `unlimited` for what has no bound. */
function metricText(name: PlanMetricName, value: number | null): string {
  if (value === null) return 'unlimited';
  switch (PLAN_METRICS[name].unit) {
    case 'entries':
      return count(value);
    case 'rate':
      return `${count(value)} per second`;
    case 'share':
      return `${Number((value * 100).toPrecision(4))} %`; // exact enough to see why 0.8 is not met
    case 'seconds':
      return seconds(value);
    case 'bytes':
      return bytes(value);
  }
}
