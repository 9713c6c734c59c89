import { type MetricName, parseSelector } from '../../model/input/metrics.ts';
import {
  type ComparedFigure,
  type ComparedRun,
  type ComparedSide,
  type Comparison,
  type Difference,
  type FigureSpread,
  PORTABLE,
  type RegressionLimit,
  WORSE,
  type Worse,
} from '../../model/result/comparison.ts';
import { ALPHA, canTell, mannWhitney } from '../statistics/mann-whitney.ts';
import { rounded } from '../statistics/round.ts';
import { spreadOf } from '../statistics/spread.ts';
import { chooseFigures, type Figure, figureOf, figureValue, nameOf, sameFigure, typeOf } from './figures.ts';
import { isOfMachine } from './settings.ts';

export interface Side {
  readonly folder: string;
  readonly runs: readonly ComparedRun[];
}

/**
 * Sets two sides that may be compared side by side, and judges the figures with a limit. Runs that prove nothing do not count.
 */
export function compareSides(
  base: Side,
  candidate: Side,
  differences: readonly Difference[],
  limits: readonly RegressionLimit[],
): Comparison {
  const [left, right] = [valid(base), valid(candidate)];
  const all = [...left, ...right];
  const sameMachine = !differences.some(({ key }) => isOfMachine(key));
  const limitOf = (figure: Figure) => limits.find((limit) => sameFigure(figureOf(limit, all), figure))?.share ?? null;
  const figures = chooseFigures(all, limits).flatMap((figure): ComparedFigure[] => {
    const values = [numbers(left, figure), numbers(right, figure)] as const;
    if (values.every((list) => list.length === 0)) return [];
    const comparable = sameMachine || PORTABLE.has(figure.metric);
    return [judge(figure, values, { type: typeOf(figure.metric, all), comparable, limit: limitOf(figure) })];
  });
  return rounded({
    schema: 'ctload/comparison@1',
    base: describeSide(base),
    candidate: describeSide(candidate),
    differences,
    figures,
    regressions: figures.filter(({ outcome }) => outcome === 'regression').map(({ name }) => name),
  });
}

export function isValid({ summary }: ComparedRun): boolean {
  return summary.verdict.validity === 'valid';
}

function valid({ runs }: Side): ComparedRun[] {
  return runs.filter(isValid);
}

function numbers(runs: readonly ComparedRun[], figure: Figure): number[] {
  return runs.flatMap((run) => figureValue(run, figure) ?? []);
}

function judge(
  figure: Figure,
  [base, candidate]: readonly [readonly number[], readonly number[]],
  { type, comparable, limit }: Pick<ComparedFigure, 'type' | 'comparable' | 'limit'>,
): ComparedFigure {
  const worse = WORSE[parseSelector(figure.metric)?.name as MetricName] ?? 'higher';
  const p = comparable && canTell(base.length, candidate.length) ? mannWhitney(base, candidate) : null;
  const change = relativeChange(spreadOf(base)?.median, spreadOf(candidate)?.median);
  const beyond = limit !== null && comparable && change !== undefined && loss(change, worse) > limit;
  return {
    name: nameOf(figure),
    ...figure,
    type,
    worse,
    base: figureSpread(base),
    candidate: figureSpread(candidate),
    change: change === undefined || !Number.isFinite(change) ? null : change,
    p,
    comparable,
    limit,
    outcome: !beyond ? 'ok' : p === null || p < ALPHA ? 'regression' : 'noise',
  };
}

/** From `base` to `candidate`; Infinity when something came from nothing. */
export function relativeChange(base: number | undefined, candidate: number | undefined): number | undefined {
  if (base === undefined || candidate === undefined) return undefined;
  if (base === candidate) return 0;
  if (base === Number.POSITIVE_INFINITY) return -1; // held before, breaks now
  return base === 0 ? Math.sign(candidate) * Number.POSITIVE_INFINITY : (candidate - base) / Math.abs(base);
}

/** How much of a change is for the worse; negative when it is for the better. */
function loss(change: number, worse: Worse): number {
  if (worse === 'either') return Math.abs(change);
  return worse === 'higher' ? change : -change;
}

/** Median and range of the values of several runs, of which Infinity becomes null; null when there are none. */
export function figureSpread(values: readonly number[]): FigureSpread | null {
  const of = spreadOf(values);
  if (of === undefined) return null;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { runs: of.count, median: finite(of.median), min: finite(of.min), max: finite(of.max) };
}

function describeSide({ folder, runs }: Side): ComparedSide {
  const verdicts: Record<string, number> = {};
  for (const { summary } of runs.filter(isValid)) {
    verdicts[summary.verdict.kind] = (verdicts[summary.verdict.kind] ?? 0) + 1;
  }
  return {
    folder,
    runs: runs.filter(isValid).length,
    verdicts,
    leftOut: runs.filter((run) => !isValid(run)).map((run) => ({ folder: run.folder, validity: run.summary.verdict.validity })),
  };
}
