import type { Summary } from '../model/summary.ts';
import { causeLines } from './causes.ts';
import { machineLine, stateLine } from './circumstances.ts';
import { clientLines } from './clients.ts';
import { floodTable } from './flood-table.ts';
import { headline, story } from './headline.ts';
import { kneeLines } from './knees.ts';
import { labelled, type Paint, painter, wrap } from './layout.ts';
import { methodLines } from './method.ts';
import { predictionLines } from './prediction.ts';
import { thresholdLines } from './thresholds.ts';

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

/** The closing report: what broke, when, what it felt like, and why that is certain. */
export function renderTerminal(summary: Summary, options: TerminalOptions): string {
  const width = clampWidth(options.width);
  const paint = painter(options.color);
  const facts: [label: string, text: string][] = [
    ...clientLines(summary),
    ...causeLines(summary),
    ...machineLine(summary),
    ...stateLine(summary),
    ...kneeLines(summary),
    ...predictionLines(summary),
    ...methodLines(summary),
  ];
  return `${[
    '',
    headline(summary, width, paint),
    '',
    ...wrap(story(summary), width - 2).map((line) => `  ${paint('bold', line)}`),
    '',
    ...facts.map(([label, text]) => labelled(label, text, width, paint)),
    '',
    ...reasons(summary, width, paint),
    '',
    ...thresholdLines(summary, width, paint),
    ...floodTable(summary, width, paint),
  ].join('\n')}\n`;
}

function reasons(summary: Summary, width: number, paint: Paint): string[] {
  const { verdict } = summary;
  const sure = verdict.kind !== 'inconclusive' && verdict.validity === 'valid';
  const mark = sure ? paint('green', '+') : paint('yellow', '!');
  return [
    paint('dim', `  ${sure ? 'Why this is certain' : 'What stands against it'}`),
    ...verdict.reasons.flatMap((reason) => wrap(reason, width - 4).map((line, index) => `  ${index === 0 ? mark : ' '} ${line}`)),
  ];
}
