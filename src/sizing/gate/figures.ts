import type { NodeLimit } from '../../model/node/limit.ts';
import type { PlanLoad, PlanReport } from '../../model/result/plan/plan.ts';
import { PLAN_METRICS, type PlanMetricName } from '../../model/result/plan/plan-metrics.ts';

type Key = keyof NodeLimit | keyof PlanLoad;

const KEYS: Readonly<Record<PlanMetricName, { readonly key: Key }>> = PLAN_METRICS;

/** The numbers of a plan that are the same for one node and for one of several instance types. */
export type Figures = Readonly<Partial<Record<Key, unknown>>>;

/** The value in `figures`; infinite where the plan has null, and undefined where there is none, as in a plan of an older release. */
export function figureOf(name: PlanMetricName, figures: Figures): number | undefined {
  const value = figures[KEYS[name].key];
  if (value === null) return Number.POSITIVE_INFINITY; // any rate is safe, or the table never fills
  return typeof value === 'number' ? value : undefined;
}

/** A plan's figures by the instance type they are for; by null where the plan is for one node. */
export function figuresOf({ limit, load, limits }: Pick<PlanReport, 'limit' | 'load' | 'limits'>): Map<string | null, Figures> {
  return limits.length === 0 ? new Map([[null, { ...limit, ...load }]]) : new Map(limits.map((one) => [one.instanceType, one]));
}
