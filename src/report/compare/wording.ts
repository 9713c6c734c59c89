import { count, milliseconds, percent, plural, seconds } from '../../model/format.ts';
import type { ComparedFigure, ComparedSide, Comparison, Difference, FigureSpread } from '../../model/result/comparison.ts';
import { settingText } from '../wording/objections.ts';

/** What came of it, in a few words. */
export function title({ regressions, figures }: Comparison): string {
  const limits = figures.filter(({ limit }) => limit !== null).length;
  if (regressions.length > 0) return `${regressions.length} of ${plural(limits, 'limit')} exceeded`;
  return limits === 0 ? 'no limits set' : `${limits === 1 ? 'the limit holds' : `all ${limits} limits hold`}`;
}

export function badge({ regressions, figures }: Comparison): 'regression' | 'no regression' | 'compared' {
  if (regressions.length > 0) return 'regression';
  return figures.some(({ limit }) => limit !== null) ? 'no regression' : 'compared';
}

/** A sentence for every figure with a limit. */
export function limitSentences({ figures }: Comparison): { readonly figure: ComparedFigure; readonly text: string }[] {
  return figures.flatMap((figure) => (figure.limit === null ? [] : [{ figure, text: limitSentence(figure, figure.limit) }]));
}

function limitSentence(figure: ComparedFigure, limit: number): string {
  const { name, base, candidate, p, outcome, worse } = figure;
  const from = `${valueText(figure, base)} → ${valueText(figure, candidate)}`;
  const allowed = worse === 'either' ? `±${shareText(limit)}` : `${shareText(limit)} ${worse}`;
  const test = p === null ? 'too few runs for a significance test' : pText(p);
  const said = {
    regression: `worse by more than the limit of ${allowed}`,
    noise: `beyond the limit of ${allowed}, but not significantly`,
    ok: `within the limit of ${allowed}`,
  };
  return `${name} ${from} (${changeText(figure)}): ${said[outcome]}; ${test}`;
}

/** `results/a: 5 runs, 5 broke` and what was left out. */
export function sideText({ folder, runs, verdicts, leftOut }: ComparedSide): string {
  const kinds = Object.entries(verdicts).map(([kind, times]) => `${times} ${kind}`);
  const out = leftOut.length === 0 ? '' : `; left out: ${leftOut.map((run) => `${run.folder} (${run.validity})`).join(', ')}`;
  return `${folder}: ${plural(runs, 'run')}, ${kinds.join(', ')}${out}`;
}

/** `gateway.conntrack.max: 400 → 380 (allowed)` */
export function differenceText({ key, base, candidate, allowed }: Difference): string {
  return `${key}: ${settingText(base)} → ${settingText(candidate)}${allowed ? ' (allowed)' : ''}`;
}

export const HEADINGS = ['figure', 'base', 'candidate', 'change', 'p', 'limit'] as const;

/** Values of both sides; then the change, its significance, and the limit. */
export function figureCells(figure: ComparedFigure): string[] {
  const { name, base, candidate, comparable, p, limit, outcome } = figure;
  return [
    name,
    valueText(figure, base),
    valueText(figure, candidate),
    comparable ? changeText(figure) : 'other machine',
    p === null ? '-' : p < 0.001 ? '<0.001' : p.toFixed(3),
    limit === null ? '-' : `${shareText(limit)} ${outcome}`,
  ];
}

/** The change of the medians: `+5.0 %`, `breaks now`. */
export function changeText({ change, base, candidate }: ComparedFigure): string {
  if (base === null || candidate === null) return '-';
  if (base.median === null) return candidate.median === null ? '0 %' : 'breaks now';
  if (candidate.median === null) return 'holds now';
  if (change === null) return 'from 0';
  return change === 0 ? '0 %' : `${change < 0 ? '−' : '+'}${percent(Math.abs(change))}`;
}

/** Median and, of repeats that differ, the largest distance from it. */
export function valueText(figure: ComparedFigure, spread: FigureSpread | null): string {
  if (spread === null) return '-';
  const { median, min, max } = spread;
  if (median === null) return 'held';
  const show = format(figure);
  if (min === null || max === null) return `${show(median)}, some held`;
  const apart = Math.max(max - median, median - min);
  if (apart === 0) return show(median);
  return median === 0 ? `0 to ${show(max)}` : `${show(median)} ±${percent(apart / Math.abs(median))}`;
}

function format({ metric, type, aggregation }: ComparedFigure): (value: number) => string {
  if (metric === 'breaking_point_seconds') return seconds;
  if (metric === 'breaking_point_rate' || (type === 'counter' && aggregation === 'rate')) return (value) => `${count(value)}/s`;
  if (type === 'trend') return milliseconds;
  return type === 'rate' || /_(share|utilization)$/.test(metric) ? percent : count;
}

/** As it was asked for. */
function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

function pText(p: number): string {
  return `p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}`;
}

/** What the figures and p are. */
export const FOOTNOTE =
  'Medians ± the largest deviation of any repeat; p from an exact two-sided Mann–Whitney test, significant below 0.05.';
