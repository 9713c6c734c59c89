import { meets } from '../../model/input/threshold.ts';
import type { PlanReport, PlanRequirement } from '../../model/result/plan/plan.ts';
import { PLAN_METRICS } from '../../model/result/plan/plan-metrics.ts';
import { type CtloadError, usageError } from '../../platform/errors.ts';
import type { Baseline } from './baseline.ts';
import { type Figures, figureOf, figuresOf } from './figures.ts';
import type { GateRule } from './requirement.ts';

type Judged = Pick<PlanReport, 'limit' | 'load' | 'limits' | 'traffic'>;

/**
 * Judges every requirement for every instance type of the plan.
 * @throws {CtloadError} exit 2 when a requirement is about a load and there is none, or about a baseline that lacks the figure: what
 *   is not known must not pass.
 */
export function judge(plan: Judged, requirements: readonly GateRule[], baseline: Baseline | undefined): PlanRequirement[] {
  refuseUnjudged(plan, requirements, baseline);
  return requirements.flatMap((requirement) =>
    [...figuresOf(plan)].map(([type, figures]) => {
      const { expression, metric, operator } = requirement;
      const observed = figureOf(metric, figures) ?? Number.NaN;
      const limit = limitOf(requirement, type, baseline);
      const ok = meets(observed, operator, limit);
      return { expression, metric, instanceType: type, observed: finite(observed), limit: finite(limit), ok };
    }),
  );
}

function limitOf({ expression, metric, limit }: GateRule, type: string | null, baseline: Baseline | undefined): number {
  if ('value' in limit) return limit.value;
  const figures = baselineFigures(type, baseline);
  const value = figures === undefined ? undefined : figureOf(metric, figures);
  if (value === undefined) {
    const what = figures === undefined ? `no plan for ${type ?? 'one node'}` : `no ${PLAN_METRICS[metric].key}`;
    throw wrong(expression, `${baseline?.file} has ${what}`, 'make the baseline again, for the same instance types and load');
  }
  return value * limit.timesBaseline;
}

/** A plan for one node compares with another for one node, whatever their types are. */
function baselineFigures(type: string | null, baseline: Baseline | undefined): Figures | undefined {
  return baseline?.figures.get(type);
}

function refuseUnjudged(plan: Judged, requirements: readonly GateRule[], baseline: Baseline | undefined): void {
  const compared = requirements.filter(({ limit }) => 'timesBaseline' in limit);
  const [first] = compared;
  if (first !== undefined && baseline === undefined) {
    throw wrong(first.expression, 'there is no baseline', 'name one with --baseline plan.json');
  }
  if (first === undefined && baseline !== undefined) {
    throw usageError(`--baseline ${baseline.file}: no requirement compares with it`, "add one, e.g. --require 'limit>=baseline'");
  }
  const ofLoad = requirements.find(({ metric }) => PLAN_METRICS[metric].ofLoad);
  if (ofLoad !== undefined && plan.traffic.length === 0) {
    throw wrong(ofLoad.expression, 'no load is given', 'add --rate, --websockets, … or a scenario');
  }
  const ofItsLoad = compared.find(({ metric }) => PLAN_METRICS[metric].ofLoad);
  if (ofItsLoad !== undefined && baseline?.loaded === false) {
    throw wrong(ofItsLoad.expression, `${baseline.file} has no load`, 'make the baseline with the same load');
  }
}

function wrong(expression: string, message: string, hint: string): CtloadError {
  return usageError(`--require ${expression}: ${message}`, hint);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
