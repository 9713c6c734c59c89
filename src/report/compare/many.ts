import { list } from '../../model/format.ts';
import type { ComparedFigure, Comparison, Comparisons } from '../../model/result/comparison.ts';
import type { Block, ReportDocument, Section } from '../document/document.ts';
import { changeText, differenceText, limitSentences, sideText, valueText } from './wording.ts';

/** `ctload compare` of more than two sides: the same on a terminal, as Markdown and as a page. */
export function comparisonsDocument({ base, comparisons }: Comparisons): ReportDocument {
  const names = [...new Set(comparisons.flatMap(({ figures }) => figures.map(({ name }) => name)))];
  const figureOf = ({ figures }: Comparison, name: string) => figures.find((figure) => figure.name === name);
  const rows = (
    heading: string,
    cell: (figure: ComparedFigure) => string,
    first?: (figure: ComparedFigure) => string,
  ): Block => ({
    kind: 'table',
    rows: [
      [heading, ...(first === undefined ? [] : ['base']), ...comparisons.map((_, index) => numberText(index))],
      ...names.map((name) => {
        const figures = comparisons.map((comparison) => figureOf(comparison, name));
        const [some] = figures.filter((figure) => figure !== undefined);
        return [
          name,
          ...(first === undefined ? [] : [some === undefined ? '-' : first(some)]),
          ...figures.map((figure) => (figure === undefined ? '-' : cell(figure))),
        ];
      }),
    ],
  });
  return {
    title: `compared ${comparisons.length} sides with ${base.folder}`,
    lead: [regressionText(comparisons)],
    sections: [
      {
        heading: 'Sides',
        blocks: [
          {
            kind: 'list',
            items: [
              `base ${sideText(base)}`,
              ...comparisons.map((one, index) => `${numberText(index)} ${sideText(one.candidate)}`),
            ],
          },
        ],
      },
      ...listSection('Limits', comparisons, (one) => limitSentences(one).map(({ text }) => text)),
      ...listSection('Different', comparisons, ({ differences }) => differences.map(differenceText)),
      {
        heading: 'Figures',
        blocks: [
          rows(
            'figure',
            (figure) => valueText(figure, figure.candidate),
            (figure) => valueText(figure, figure.base),
          ),
        ],
      },
      { heading: 'Change from the base', blocks: [rows('figure', markedChange)] },
      { heading: 'How to read it', blocks: [{ kind: 'text', text: NOTE }] },
    ],
  };
}

/** `#1`: what a candidate is called in tables, where its folder has no room. */
function numberText(index: number): string {
  return `#${index + 1}`;
}

function regressionText(comparisons: readonly Comparison[]): string {
  if (comparisons.every(({ figures }) => figures.every(({ limit }) => limit === null))) return 'No limits set.';
  const worse = comparisons.filter(({ regressions }) => regressions.length > 0).map(({ candidate }) => candidate.folder);
  return worse.length === 0 ? 'No regression: all limits hold.' : `Regression: limits exceeded by ${list(worse)}.`;
}

function listSection(heading: string, comparisons: readonly Comparison[], linesOf: (one: Comparison) => string[]): Section[] {
  const items = comparisons.flatMap((one, index) => linesOf(one).map((line) => `${numberText(index)} ${line}`));
  return items.length === 0 ? [] : [{ heading, blocks: [{ kind: 'list', items }] }];
}

function markedChange(figure: ComparedFigure): string {
  if (!figure.comparable) return 'other machine';
  return `${changeText(figure)}${figure.p !== null && figure.p < SIGNIFICANT ? ' *' : ''}`;
}

const SIGNIFICANT = 0.05;
const NOTE =
  'Medians ± the largest deviation of any repeat. *: p < 0.05 in an exact two-sided Mann–Whitney test against the base, corrected for the number of sides (Holm), for each figure.';
