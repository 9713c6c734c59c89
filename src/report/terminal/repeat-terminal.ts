import { count, percent, seconds } from '../../model/format.ts';
import type { RepeatReport, Spread } from '../../model/result/repeat.ts';
import { printableData } from '../../platform/printable.ts';
import { labelled, painter, table } from '../text/layout.ts';
import { clampWidth, type TerminalOptions } from './terminal.ts';

/** The closing report of `run --repeat`: the breaking point's median and spread, then every run. */
export function renderRepeat(report: RepeatReport, options: TerminalOptions): string {
  const { runs, breakingPoint } = printableData(report);
  const width = clampWidth(options.width);
  const paint = painter(options.color);
  const facts: [label: string, text: string][] =
    breakingPoint === null
      ? [['Runs', `${runs.length}, none with a valid breaking point`]]
      : [
          ['Runs', `${breakingPoint.entries.count} of ${runs.length} with a valid breaking point`],
          ['Entries', spread(breakingPoint.entries, count)],
          ['Rate', `${spread(breakingPoint.offeredRate, count)}, new connections/s`],
          ['Time', spread(breakingPoint.atSeconds, seconds)],
        ];
  const rows = runs.map(({ folder, verdict, entries, offeredRate, atSeconds, exitCode }) => [
    folder,
    verdict,
    entries === null ? '-' : count(entries),
    offeredRate === null ? '-' : `${count(offeredRate)}/s`,
    atSeconds === null ? '-' : seconds(atSeconds),
    String(exitCode),
  ]);
  return `${[
    '',
    ...facts.map(([label, text]) => labelled(label, text, width, paint)),
    '',
    ...table([['run', 'verdict', 'entries', 'rate', 'broke at', 'exit'], ...rows], width, paint),
  ].join('\n')}\n`;
}

/** `median 333, 331 to 335, within 0.6 % of the median` */
export function spread(of: Spread, format: (value: number) => string): string {
  return `median ${format(of.median)}, ${format(of.min)} to ${format(of.max)}, within ${percent(of.spread)} of the median`;
}
