import { list, percent, plural, seconds } from '../../model/format.ts';
import {
  MATRIX_FIGURES,
  type MatrixFigureName,
  type MatrixReport,
  type MatrixVariant,
} from '../../model/result/campaign/matrix.ts';
import type { Block, ReportDocument, Section } from '../document/document.ts';
import { changeCell, FIGURE_WORDS, highestCell, valueCell } from './cells.ts';
import { effectsSection } from './effects.ts';
import { breaksPlot } from './plot.ts';

/** What the table did, and what that cost: two tables, so that they fit a terminal. */
const OUTCOME: readonly MatrixFigureName[] = MATRIX_FIGURES.slice(0, 4);
const COST: readonly MatrixFigureName[] = MATRIX_FIGURES.slice(4, 11);

/** The report of a matrix, the same on a terminal, as Markdown and as a page. */
export function matrixDocument(report: MatrixReport): ReportDocument {
  const variants = [...report.variants].sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || 0);
  const base = report.variants.find(({ name }) => name === report.baseline);
  return {
    title: `${report.scenario.name}: ${matrixOutcome(report)}`,
    lead: [matrixStory(report)],
    sections: [
      { heading: 'What the table did', blocks: [figureTable(variants, OUTCOME, rankCells), breaksPlot(variants)] },
      { heading: 'What it cost', blocks: [figureTable(variants, COST)] },
      ...effectsSection(variants, base),
      ...highestSection(report, variants, base),
      ...differences(variants, base),
      { heading: 'Variants', blocks: [{ kind: 'list', items: report.variants.map(settingsText) }] },
      ...leftOut(report),
      { heading: 'How to read it', blocks: [{ kind: 'list', items: notes(report) }] },
    ],
  };
}

/** `8 variants × 3 runs`, and whether they all took place. */
export function matrixOutcome({ variants, repeat, outcome, searchVariable }: MatrixReport): string {
  const done = variants.reduce((sum, { runs, searches }) => sum + runs.length + searches.length, 0);
  const turns = `${plural(repeat, 'run')}${searchVariable === null ? '' : ` and ${repeat === 1 ? 'a search' : `${repeat} searches`}`}`;
  const size = `${plural(variants.length, 'variant')} × ${turns}`;
  return outcome === 'finished' ? size : `${size}, aborted after ${done}`;
}

/** Which variants are best, in a sentence or two. */
export function matrixStory({ variants, baseline }: MatrixReport): string {
  const best = variants.filter(({ rank }) => rank === 1);
  const [first] = best;
  if (first === undefined) return 'No variant has a valid run.';
  const names = list(best.map(({ name }) => name));
  const others = variants.some(({ rank }) => rank !== null && rank > 1);
  const base = variants.find(({ name }) => name === baseline);
  const said = others
    ? `${names} ${best.length === 1 ? 'ranks' : 'rank'} first: ${endText(first)}.`
    : `No difference: ${endText(first)}.`;
  if (base === undefined || best.includes(base) || base.rank === null) return said;
  return `${said} The baseline, ${base.name}: ${endText(base)}.`;
}

function endText({ figures }: MatrixVariant): string {
  const median = figures.breaking_point_seconds?.median;
  if (median === undefined) return 'no breaking point';
  return median === null ? 'the table held' : `the table broke after ${seconds(median)}`;
}

function rankCells({ rank }: MatrixVariant): string[] {
  return [rank === null ? '-' : String(rank)];
}

function figureTable(
  variants: readonly MatrixVariant[],
  figures: readonly MatrixFigureName[],
  more: (variant: MatrixVariant) => string[] = () => [],
): Block {
  const names = figures.filter(
    (name) => name !== 'ipvs_connections' || variants.some((variant) => variant.figures[name] !== null),
  );
  const heading = ['variant', ...(more === rankCells ? ['rank'] : []), ...names.map((name) => FIGURE_WORDS[name].heading)];
  const rows = variants.map((variant) => [
    variant.name,
    ...more(variant),
    ...names.map((name) => valueCell(name, variant.figures[name])),
  ]);
  return { kind: 'table', rows: [heading, ...rows] };
}

/** What a search of every variant came to; nothing without searches. */
function highestSection(
  { searchVariable }: MatrixReport,
  variants: readonly MatrixVariant[],
  base: MatrixVariant | undefined,
): Section[] {
  if (searchVariable === null) return [];
  const rows = variants.map((variant) => [
    variant.name,
    highestCell(variant),
    variant === base ? '' : changeCell(variant.figures.highest_value, base?.figures.highest_value ?? null),
  ]);
  const heading = ['variant', FIGURE_WORDS.highest_value.heading, `difference${base === undefined ? '' : ` to ${base.name}`}`];
  const open = variants.flatMap(({ searches }) => searches.filter(({ answer }) => answer === null));
  const without = open.map(({ folder, why }) => `${folder}: no confirmed value: ${why}`);
  return [
    {
      heading: `Highest ${searchVariable} that holds`,
      blocks: [
        { kind: 'table', rows: [heading, ...rows] },
        ...(without.length === 0 ? [] : [{ kind: 'list', items: without } as const]),
      ],
    },
  ];
}

function differences(variants: readonly MatrixVariant[], base: MatrixVariant | undefined): Section[] {
  const others = variants.filter(({ name }) => name !== base?.name);
  if (base === undefined || others.length === 0) return [];
  const block = (figures: readonly MatrixFigureName[]): Block => {
    const names = figures.filter((name) => variants.some((variant) => variant.figures[name] !== null));
    const rows = others.map((variant) => [
      variant.name,
      ...names.map((name) => changeCell(variant.figures[name], base.figures[name])),
    ]);
    return { kind: 'table', rows: [['variant', ...names.map((name) => FIGURE_WORDS[name].heading)], ...rows] };
  };
  return [
    { heading: `Difference to ${base.name}: what the table did`, blocks: [block(OUTCOME)] },
    { heading: `Difference to ${base.name}: what it cost`, blocks: [block(COST)] },
  ];
}

function settingsText({ name, description, settings }: MatrixVariant): string {
  const set = Object.entries(settings).map(([path, value]) => `${path}=${value}`);
  const what = set.length === 0 ? 'the scenario as it is' : set.join(', ');
  return `${name}: ${description === '' ? what : `${description} (${what})`}`;
}

function leftOut({ variants }: MatrixReport): Section[] {
  const runs = variants.flatMap((variant) => variant.runs.filter(({ validity }) => validity !== 'valid'));
  if (runs.length === 0) return [];
  const items = runs.map(({ folder, validity, reason }) => `${folder} (${validity}): ${reason}`);
  return [{ heading: 'Not counted', blocks: [{ kind: 'list', items }] }];
}

function notes({ repeat, intervalConfidence, variants, seed, environment, searchVariable }: MatrixReport): string[] {
  const tested = variants.some(({ figures }) => Object.values(figures).some((figure) => figure?.p != null));
  const where =
    environment === null
      ? []
      : [`All runs: driver ${environment.driver}, ${environment.method}, kernel ${environment.kernel}, seed ${seed}.`];
  return [
    'Ranked by when the table broke; one that held ranks first. Variants whose intervals overlap share a rank.',
    repeat === 1
      ? 'One run each: without repeats there are no intervals. Breaks less than 5 % apart share a rank; to tell more, --repeat 5.'
      : `Median (lowest–highest of the valid runs, ${repeat} at most); such an interval contains the true median with a probability of at least ${percent(intervalConfidence)}.`,
    tested
      ? '*: p < 0.05 in an exact Mann–Whitney test against the baseline, corrected for the number of variants (Holm).'
      : 'Too few runs for a significance test: it takes 4 of each variant, more with many variants.',
    ...(searchVariable === null
      ? []
      : [
          `Highest ${searchVariable} that holds: one search after each run, as \`ctload find\` makes it, of what that key means in each variant; (unconfirmed): the highest that held, where no longer trial has confirmed one.`,
        ]),
    ...where,
  ];
}
