import type { Comparison } from '../../model/result/comparison.ts';
import { markdownTable, markdownText } from '../text/markup.ts';
import { badge, differenceText, FOOTNOTE, figureCells, HEADINGS, limitSentences, sideText, title } from './wording.ts';

/** `ctload compare --markdown`: for a pull request, an issue or a job summary on GitHub. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { base, candidate, differences, figures } = comparison;
  const list = (lines: readonly string[]) => lines.map((line) => `- ${markdownText(line)}`).join('\n');
  const rows = figures.map((figure) => {
    const cells = figureCells(figure).map(markdownText);
    return figure.outcome === 'regression' ? cells.map((cell) => `**${cell}**`) : cells;
  });
  const parts = [
    `## ${badge(comparison).toUpperCase()}: ${title(comparison)}`,
    list(limitSentences(comparison).map(({ text }) => text)),
    list([`Base ${sideText(base)}`, `Candidate ${sideText(candidate)}`]),
    differences.length === 0 ? '' : `Different:\n\n${list(differences.map(differenceText))}`,
    markdownTable(HEADINGS, rows, [false, true, true, true, true, true]),
    FOOTNOTE,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
