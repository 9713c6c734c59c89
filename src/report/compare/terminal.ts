import type { Comparison } from '../../model/result/comparison.ts';
import { printableData } from '../../platform/printable.ts';
import { clampWidth, type TerminalOptions } from '../terminal/terminal.ts';
import { labelled, painter, type Styler, table, wrap } from '../text/layout.ts';
import { badge, differenceText, FOOTNOTE, figureCells, HEADINGS, limitSentences, sideText, title } from './wording.ts';

const INK = { regression: 'bgRed', 'no regression': 'bgGreen', compared: 'bgBlue' } as const;
const MARKS = { ok: ['green', '+'], noise: ['yellow', '!'], regression: ['red', 'x'] } as const;

/** `ctload compare` for people: what came of the limits, what is different, and the figures side by side. */
export function renderComparison(compared: Comparison, options: TerminalOptions): string {
  const comparison = printableData(compared);
  const width = clampWidth(options.width);
  const paint = painter(options.color);
  const { base, candidate, differences, figures } = comparison;
  const result = badge(comparison);
  return `${[
    '',
    `  ${paint('bold', paint(INK[result], ` ${result.toUpperCase()} `))}  ${paint('bold', title(comparison))}`,
    '',
    ...limitLines(comparison, width, paint),
    labelled('Base', sideText(base), width, paint),
    labelled('Candidate', sideText(candidate), width, paint),
    ...differences.map((difference, index) => labelled(index === 0 ? 'Different' : '', differenceText(difference), width, paint)),
    '',
    ...table([[...HEADINGS], ...figures.map(figureCells)], width, paint),
    '',
    ...wrap(FOOTNOTE, width - 2).map((line) => paint('dim', `  ${line}`)),
  ].join('\n')}\n`;
}

function limitLines(comparison: Comparison, width: number, paint: Styler): string[] {
  const lines = limitSentences(comparison).flatMap(({ figure: { outcome }, text }) => {
    const [ink, mark] = MARKS[outcome];
    return wrap(text, width - 4).map((line, index) => `  ${index === 0 ? paint(ink, mark) : ' '} ${line}`);
  });
  return lines.length === 0 ? [] : [...lines, ''];
}
