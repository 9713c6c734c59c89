import type { Variant } from '../../model/input/variants.ts';
import {
  MATRIX_FIGURES,
  type MatrixEnvironment,
  type MatrixFigure,
  type MatrixFigureName,
  type MatrixReport,
  type MatrixSearch,
  type MatrixVariant,
} from '../../model/result/campaign/matrix.ts';
import type { Summary } from '../../model/result/summary.ts';
import { figureSpread, relativeChange } from '../compare/compare.ts';
import { holm } from '../statistics/holm.ts';
import { ALPHA, canTell, mannWhitney } from '../statistics/mann-whitney.ts';
import { type Range, ranksOf } from '../statistics/ranks.ts';
import { rounded } from '../statistics/round.ts';
import { spreadOf } from '../statistics/spread.ts';
import { effectOf, NOTICEABLE } from './effects.ts';
import { FIGURE_OF, gatewayKernel } from './figures.ts';

/** One run of a variant. */
export interface VariantRun {
  /** Relative to the folder of the matrix. */
  readonly folder: string;
  readonly summary: Summary;
  readonly exitCode: number;
}

/** A variant with the runs that it has had. */
export interface VariantRuns extends Variant {
  readonly runs: readonly VariantRun[];
  readonly searches: readonly MatrixSearch[];
}

/** What the report says besides what follows from the runs. */
export type AboutMatrix = Pick<
  MatrixReport,
  | 'startedAt'
  | 'durationSeconds'
  | 'version'
  | 'command'
  | 'scenario'
  | 'outcome'
  | 'seed'
  | 'repeat'
  | 'baseline'
  | 'searchVariable'
>;

/** Later is better, and a run that held never broke: what a remedy is for. */
const RANKED_BY: MatrixFigureName = 'breaking_point_seconds';

/** Sets the variants side by side: figures over their valid runs, differences to the baseline, ranks. */
export function summarizeMatrix(variants: readonly VariantRuns[], about: AboutMatrix): MatrixReport {
  const summaries = variants.map(({ runs }) =>
    runs.map(({ summary }) => summary).filter(({ verdict }) => verdict.validity === 'valid'),
  );
  const base = variants.findIndex(({ name }) => name === about.baseline);
  const columns = Object.fromEntries(
    MATRIX_FIGURES.map((name) => {
      const values =
        name === 'highest_value'
          ? variants.map(({ searches }) => searches.flatMap(({ answer }) => answer ?? []))
          : summaries.map((all) => all.flatMap((summary) => FIGURE_OF[name](summary) ?? []));
      return [name, figuresOf(values, base)];
    }),
  ) as Record<MatrixFigureName, (MatrixFigure | null)[]>;
  const resolution = resolutionOf(summaries.flat());
  const ranks = ranksOf(
    columns[RANKED_BY].map((figure) => rangeOf(figure, resolution)),
    resolution,
  );
  const brokeOf = (index: number) => ({ after: columns[RANKED_BY][index] ?? null, rank: ranks[index] ?? null });
  const [first] = variants.flatMap(({ runs }) => runs);
  return rounded({
    schema: 'ctload/matrix@1',
    ...about,
    environment: first === undefined ? null : environmentOf(first.summary),
    intervalConfidence: 1 - 2 ** (1 - fewestOf(summaries, about.repeat)),
    rankedBy: RANKED_BY,
    variants: variants.map((variant, index): MatrixVariant => {
      const figures = MATRIX_FIGURES.map((name) => [name, columns[name][index] ?? null] as const);
      return {
        name: variant.name,
        description: variant.description,
        settings: Object.fromEntries(Object.entries(variant.set).map(([path, value]) => [path, textOf(value)])),
        runs: variant.runs.map(({ folder, summary: { verdict, run }, exitCode }) => ({
          folder,
          verdict: verdict.kind,
          validity: verdict.validity,
          reason: verdict.reasons[0] ?? '',
          exitCode,
          seconds: run.durationSeconds,
        })),
        searches: variant.searches,
        rank: ranks[index] ?? null,
        effect: index === base || base < 0 ? null : effectOf(brokeOf(index), brokeOf(base)),
        figures: Object.fromEntries(figures) as MatrixVariant['figures'],
      };
    }),
  });
}

/** Valid runs of the variant that has the fewest, of those that have any. */
function fewestOf(summaries: readonly (readonly Summary[])[], repeat: number): number {
  return Math.min(repeat, ...summaries.map(({ length }) => length).filter((runs) => runs > 0));
}

/** What the runs of one matrix have to share. */
export function environmentOf(summary: Pick<Summary, 'environment' | 'conntrack'>): MatrixEnvironment {
  const { environment, conntrack } = summary;
  return { driver: environment.driver, method: conntrack.method, kernel: gatewayKernel(summary), cpus: environment.cpus };
}

/** One figure of every variant. The comparisons with the baseline are one family. */
function figuresOf(all: readonly (readonly number[])[], base: number): (MatrixFigure | null)[] {
  const baseline = all[base] ?? [];
  const tested = all.map((values, index) =>
    index !== base && canTell(baseline.length, values.length) ? mannWhitney(baseline, values) : null,
  );
  const corrected = holm(tested.filter((p) => p !== null));
  return all.map((values, index) => {
    const spread = figureSpread(values);
    const p = tested[index] === null ? null : (corrected.shift() ?? null);
    if (spread === null) return null;
    const change = relativeChange(spreadOf(baseline)?.median, spreadOf(values)?.median);
    const told = change !== undefined && Number.isFinite(change);
    return { ...spread, change: told ? change : null, p, significant: p !== null && p < ALPHA };
  });
}

/** Of a single run, which has no interval, what another might have come to. */
function rangeOf(figure: MatrixFigure | null, resolution: number): Range | null {
  if (figure === null) return null;
  const { median, min, max, runs } = figure;
  if (median === null) return [min ?? Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const spread = runs > 1 ? 0 : Math.max(0, NOTICEABLE * median - resolution) / 2;
  return [(min ?? Number.POSITIVE_INFINITY) - spread, (max ?? Number.POSITIVE_INFINITY) + spread];
}

/** Seconds between two samples of the table, or between two new connections at the break: breaks that are closer cannot be told apart. */
function resolutionOf(summaries: readonly Summary[]): number {
  const samples = summaries.map(({ conntrack }) => conntrack.intervalMs / 1000);
  const arrivals = summaries.map(({ breakingPoint: point }) =>
    point === null || point.offeredRate === 0 ? 0 : 1 / point.offeredRate,
  );
  return Math.max(0, ...samples, ...arrivals);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
