import { count, percent } from '../../model/format.ts';
import type { MatrixReport } from '../../model/result/campaign/matrix.ts';
import { type FindReport, isAnswered } from '../../model/result/find.ts';
import type { Summary } from '../../model/result/summary.ts';
import { isTableCause } from '../../model/timeline/attempt.ts';
import { printable } from '../../platform/printable.ts';
import { summaryText } from '../facts/headline.ts';
import { thresholdSentence } from '../facts/thresholds.ts';
import { isCertain, verdictTitle } from '../facts/verdict-heading.ts';
import { matrixOutcome, matrixStory } from '../matrix/document.ts';
import { findStory } from '../wording/find.ts';

export type AnnotationLevel = 'error' | 'warning' | 'notice';

/**
 * One workflow command, which GitHub Actions shows as an annotation of the job ("Workflow commands for GitHub Actions";
 * the escapes are those of actions/toolkit, packages/core/src/command.ts).
 */
export function annotation(level: AnnotationLevel, title: string, message: string): string {
  return `::${level} title=${escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escapeData(message)}`;
}

/** What a job's page should say of a run: its verdict, every failed threshold, and causes that are not the table. */
export function annotations(summary: Summary): string[] {
  const { scenario, verdict, thresholds, attribution } = summary;
  const title = `ctload ${scenario.name}`;
  const message = `${verdict.kind}, ${verdictTitle(summary)}. ${summaryText(summary)}`;
  const valid = verdict.validity === 'valid';
  return [
    isCertain(summary)
      ? annotation('notice', title, message)
      : annotation(valid ? 'warning' : 'error', title, [message, ...verdict.reasons].join('\n')),
    // An invalid run says nothing about its thresholds.
    ...thresholds
      .filter(({ ok }) => valid && !ok)
      .map((threshold) => annotation('error', `${title}: threshold failed`, thresholdSentence(threshold))),
    ...attribution
      .filter(({ cause }) => !isTableCause(cause))
      .map(({ cause, count: attempts, share, evidence }) =>
        annotation('warning', `${title}: ${cause}`, `${count(attempts)} attempts (${percent(share)}): ${evidence}`),
      ),
  ];
}

/** What a job's page should say of a search: its answer, or as an error that and why there is none. */
export function findAnnotation(report: FindReport): string {
  const { outcome, scenario, variable } = report;
  return annotation(
    isAnswered(report) ? 'notice' : 'error',
    `ctload ${scenario.name}`,
    `${outcome}, ${variable}. ${findStory(report)}`,
  );
}

/** What a job's page should say of a matrix: which variants rank first, or as an error that it was aborted. */
export function matrixAnnotation(report: MatrixReport): string {
  const level = report.outcome === 'finished' ? 'notice' : 'error';
  return annotation(level, `ctload ${report.scenario.name}`, `${matrixOutcome(report)}. ${matrixStory(report)}`);
}

function escapeData(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
