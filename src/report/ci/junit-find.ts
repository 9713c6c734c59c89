import { type FindReport, isAnswered } from '../../model/result/find.ts';
import { renderFind } from '../terminal/find-terminal.ts';
import { figure, findStory, trialLine } from '../wording/find.ts';
import { type Case, renderSuites, type Suite } from './junit-suites.ts';

/**
 * One suite per search, with a case for the answer and one for every trial. A suite is green when `ctload find` exits with 0: a
 * failure stands for exit 113, an error for exit 105. Trials always pass: it takes some that break to find the limit.
 * `more` suites follow.
 */
export function renderFindJunit(searches: readonly FindReport[], more: readonly Suite[] = []): string {
  return renderSuites([...searches.map(suite), ...more]);
}

function suite(report: FindReport): Suite {
  const { scenario, startedAt, durationSeconds, command, version, variable, outcome, answer, conntrack, trials } = report;
  return {
    name: scenario.name,
    startedAt,
    seconds: durationSeconds,
    properties: {
      command,
      'ctload.version': version,
      variable,
      outcome,
      ...(answer === null ? {} : { answer }),
      ...(conntrack === null ? {} : { 'conntrack.method': conntrack.method, 'conntrack.effectiveMax': conntrack.effectiveMax }),
    },
    cases: [
      answerCase(report),
      ...trials.map((trial) => ({
        group: 'trial',
        name: `trial ${trial.number}: ${figure(trial.value)}${trial.confirm ? ' confirm' : ''}`,
        seconds: trial.seconds,
      })),
    ],
    output: renderFind(report, { color: false, width: 100 }),
  };
}

function answerCase(report: FindReport): Case {
  const { variable, outcome, durationSeconds, trials } = report;
  const plain: Case = { group: 'answer', name: variable, seconds: durationSeconds };
  if (isAnswered(report)) return plain;
  const kind = outcome === 'aborted' ? 'error' : 'failure';
  return { ...plain, problem: { kind, type: outcome, message: findStory(report), text: trials.map(trialLine).join('\n') } };
}
