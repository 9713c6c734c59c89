import type { MatrixReport, MatrixRun, MatrixVariant } from '../../model/result/campaign/matrix.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { renderTextDocument } from '../document/document-text.ts';
import { matrixDocument, matrixOutcome } from '../matrix/document.ts';
import { type Case, renderSuites, type Suite } from './junit-suites.ts';

/**
 * One suite per matrix, with a case for every run. A suite is green when `ctload matrix` exits with 0: failures stand for exit 99,
 * errors for exit 111 and 105. `more` suites follow.
 */
export function renderMatrixJunit(matrices: readonly MatrixReport[], more: readonly Suite[] = []): string {
  return renderSuites([...matrices.map(suite), ...more]);
}

function suite(report: MatrixReport): Suite {
  const { scenario, startedAt, durationSeconds, command, version, baseline, environment, variants } = report;
  return {
    name: scenario.name,
    startedAt,
    seconds: durationSeconds,
    properties: {
      command,
      'ctload.version': version,
      baseline,
      ...(environment === null ? {} : { driver: environment.driver, kernel: environment.kernel }),
      ...Object.fromEntries(variants.flatMap(({ name, rank }) => (rank === null ? [] : [[`rank.${name}`, rank]]))),
    },
    cases: [...variants.flatMap((variant) => variant.runs.map((run) => runCase(variant, run))), ...abortCase(report)],
    output: renderTextDocument(matrixDocument(report), { color: false, width: 100 }),
  };
}

function runCase({ name }: MatrixVariant, { folder, validity, exitCode, reason, seconds }: MatrixRun): Case {
  const plain: Case = { group: name, name: folder, seconds };
  if (validity !== 'valid') return { ...plain, problem: { kind: 'error', type: validity, message: reason, text: reason } };
  if (exitCode !== ExitCode.thresholds) return plain;
  const text = `a threshold failed: see ${folder}/summary.json`;
  return { ...plain, problem: { kind: 'failure', type: 'threshold', message: text, text } };
}

function abortCase(report: MatrixReport): Case[] {
  if (report.outcome === 'finished') return [];
  const message = matrixOutcome(report);
  return [{ group: 'matrix', name: 'outcome', seconds: 0, problem: { kind: 'error', type: 'aborted', message, text: message } }];
}
