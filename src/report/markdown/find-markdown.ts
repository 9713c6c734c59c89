import type { FindReport } from '../../model/result/find.ts';
import { markdownTable, markdownText } from '../text/markup.ts';
import { findFacts, findStory, TRIAL_HEADINGS, trialCells } from '../wording/find.ts';

/** Columns of words, not of figures. */
const WORDS: ReadonlySet<string> = new Set(['trial', 'outcome', 'decided by']);

/** A search as a job summary on GitHub shows it: the answer, what arithmetic would have said, every trial. */
export function renderFindMarkdown(report: FindReport): string {
  const { scenario, outcome, variable, trials } = report;
  const parts = [
    `## ${markdownText(scenario.name)}: ${outcome.toUpperCase()}, ${markdownText(variable)}`,
    markdownText(scenario.description),
    `**${markdownText(findStory(report))}**`,
    markdownTable(
      ['', ''],
      findFacts(report).map(([label, text]) => [`**${label}**`, markdownText(text)]),
    ),
    '### Trials',
    markdownTable(
      TRIAL_HEADINGS,
      trials.map((trial) => trialCells(trial).map(markdownText)),
      TRIAL_HEADINGS.map((heading) => !WORDS.has(heading)),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
