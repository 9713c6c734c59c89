import type { FindReport } from '../../model/result/find.ts';
import { printableData } from '../../platform/printable.ts';
import { labelled, painter, table, wrap } from '../text/layout.ts';
import { findFacts, findStory, TRIAL_HEADINGS, trialCells } from '../wording/find.ts';
import { clampWidth, type TerminalOptions } from './terminal.ts';

const INK = { converged: 'bgGreen', bracket: 'bgYellow', doomed: 'bgRed', deadline: 'bgYellow', aborted: 'bgYellow' } as const;

/** The closing report of a search: the answer, what arithmetic would have said, every trial. */
export function renderFind(found: FindReport, options: TerminalOptions): string {
  const report = printableData(found);
  const width = clampWidth(options.width);
  const paint = painter(options.color);
  return `${[
    '',
    `  ${paint('bold', paint(INK[report.outcome], ` ${report.outcome.toUpperCase()} `))}  ${paint('bold', report.variable)}`,
    '',
    ...wrap(findStory(report), width - 2).map((line) => `  ${paint('bold', line)}`),
    '',
    ...findFacts(report).map(([label, text]) => labelled(label, text, width, paint)),
    '',
    ...table([TRIAL_HEADINGS, ...report.trials.map(trialCells)], width, paint),
  ].join('\n')}\n`;
}
