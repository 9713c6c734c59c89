import type { Summary } from '../../model/result/summary.ts';
import { printableData } from '../../platform/printable.ts';
import { facts } from '../facts/facts.ts';
import { floodTable } from '../facts/flood-table.ts';
import { headline, summaryText } from '../facts/headline.ts';
import { thresholdLines } from '../facts/thresholds.ts';
import { isCertain, reasonsHeading } from '../facts/verdict-heading.ts';
import { labelled, painter, type Styler, wrap } from '../text/layout.ts';

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns; the report is never wider than 100. */
  readonly width: number;
}

const WIDEST = 100;
const NARROWEST = 40;

/** Columns to use of a terminal that has `width`. */
export function clampWidth(width: number): number {
  return Math.max(NARROWEST, Math.min(WIDEST, width));
}

/** The closing report: what broke, when, how clients were affected, and why that is certain. */
export function renderTerminal(recorded: Summary, options: TerminalOptions): string {
  const summary = printableData(recorded);
  const width = clampWidth(options.width);
  const paint = painter(options.color);
  return `${[
    '',
    headline(summary, width, paint),
    '',
    ...wrap(summaryText(summary), width - 2).map((line) => `  ${paint('bold', line)}`),
    '',
    ...facts(summary).map(([label, text]) => labelled(label, text, width, paint)),
    '',
    ...reasons(summary, width, paint),
    '',
    ...thresholdLines(summary, width, paint),
    ...floodTable(summary, width, paint),
  ].join('\n')}\n`;
}

function reasons(summary: Summary, width: number, paint: Styler): string[] {
  const { verdict } = summary;
  const mark = isCertain(summary) ? paint('green', '+') : paint('yellow', '!');
  return [
    paint('dim', `  ${reasonsHeading(summary)}`),
    ...verdict.reasons.flatMap((reason) => wrap(reason, width - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`)),
  ];
}
