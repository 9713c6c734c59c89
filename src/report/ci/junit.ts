import { count } from '../../model/format.ts';
import { parseExpression } from '../../model/input/threshold.ts';
import type { FloodSummary } from '../../model/result/flood-summary.ts';
import type { Report } from '../../model/result/report.ts';
import type { Summary } from '../../model/result/summary.ts';
import { isTableCause } from '../../model/timeline/attempt.ts';
import { summaryText } from '../facts/headline.ts';
import { observedText } from '../facts/thresholds.ts';
import { isCertain, verdictTitle } from '../facts/verdict-heading.ts';
import { renderTerminal } from '../terminal/terminal.ts';
import { type Case, renderSuites, type Suite } from './junit-suites.ts';

/** `junit.xml` of one run. */
export const junitReport: Report = { file: 'junit.xml', render: ({ summary }) => renderJunit([summary]) };

/**
 * One suite per run, with a case for the verdict, for every threshold and for every flood. A suite is green when `ctload run`
 * exits with 0: failures stand for exit 99, errors for exit 111. `more` suites follow.
 */
export function renderJunit(runs: readonly Summary[], more: readonly Suite[] = []): string {
  return renderSuites([...runs.map(suite), ...more]);
}

function suite(summary: Summary): Suite {
  const { run, scenario, environment } = summary;
  return {
    name: scenario.name,
    startedAt: run.startedAt,
    seconds: run.durationSeconds,
    properties: {
      run: run.id,
      command: run.command,
      'ctload.version': run.version,
      seed: run.seed,
      driver: environment.driver,
      kernel: environment.kernel,
      'conntrack.method': summary.conntrack.method,
      'conntrack.effectiveMax': summary.conntrack.effectiveMax,
    },
    cases: [verdictCase(summary), ...thresholdCases(summary), ...floodCases(summary)],
    output: renderTerminal(summary, { color: false, width: 100 }),
  };
}

function verdictCase(summary: Summary): Case {
  const { verdict, run } = summary;
  const plain: Case = { group: 'verdict', name: 'verdict', seconds: run.durationSeconds };
  if (isCertain(summary)) return plain;
  const message = `${verdict.kind}: ${verdictTitle(summary)}. ${summaryText(summary)}`;
  return { ...plain, problem: { kind: 'error', type: verdict.validity, message, text: verdict.reasons.join('\n') } };
}

/** An invalid run says nothing about its thresholds. */
function thresholdCases({ thresholds, verdict }: Summary): Case[] {
  return thresholds.map((threshold) => {
    const { metric, expression, ok } = threshold;
    const plain: Case = { group: 'threshold', name: `${metric} ${expression}`, seconds: 0 };
    const parsed = parseExpression(expression);
    const limit = typeof parsed === 'string' ? expression : `${parsed.aggregation} ${parsed.operator} ${parsed.limit}`;
    const seen = `${metric}: observed ${observedText(threshold)}, expected ${limit}`;
    if (verdict.validity !== 'valid') {
      const message = `not judged, the run is ${verdict.validity}; ${seen}`;
      return { ...plain, problem: { kind: 'error', type: verdict.validity, message, text: verdict.reasons.join('\n') } };
    }
    return ok ? plain : { ...plain, problem: { kind: 'failure', type: 'threshold', message: seen, text: seen } };
  });
}

/** A flood that a full table refused did its job; one that failed otherwise, or did not complete, spoiled the run. */
function floodCases({ floods, verdict }: Summary): Case[] {
  return Object.entries(floods).map(([name, flood]) => {
    const plain: Case = { group: 'flood', name, seconds: 0 };
    const objections = verdict.validity === 'valid' ? [] : spoiled(flood);
    if (objections.length === 0) return plain;
    const message = `${objections.join('; ')}; expected 0`;
    return { ...plain, problem: { kind: 'error', type: verdict.validity, message, text: objections.join('\n') } };
  });
}

function spoiled({ attempted, failures, notStarted }: FloodSummary): string[] {
  const causes = Object.entries(failures).filter(([cause, failed]) => !isTableCause(cause) && failed > 0);
  return [
    ...causes.map(([cause, failed]) => `${count(failed)} of ${count(attempted)} attempts failed: ${cause}`),
    ...(notStarted > 0 ? [`${count(notStarted)} attempts were scheduled but not started`] : []),
  ];
}
