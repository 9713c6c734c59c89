import { ExitCode } from '../../platform/exit-codes.ts';
import { stderrLog } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { annotation } from '../../report/ci/annotations.ts';
import { comparisonHtml } from '../../report/compare/html.ts';
import { comparisonMarkdown } from '../../report/compare/markdown.ts';
import { renderComparison } from '../../report/compare/terminal.ts';
import { limitSentences } from '../../report/compare/wording.ts';
import { compareFolders } from '../../session/compare.ts';
import { type ActionsEnvironment, reportToGitHub } from '../github.ts';
import { writeOutput } from '../publish.ts';
import { parseLimit } from './limits.ts';

export interface CompareOptions {
  /** `METRIC=PERCENT%` each. */
  readonly maxRegression: readonly string[];
  readonly allowDifferent: readonly string[];
  /** Prints Markdown instead of text. */
  readonly markdown: boolean;
  /** Also writes a page there. */
  readonly html?: string | undefined;
  readonly json: boolean;
  readonly color: boolean;
  readonly environment: ActionsEnvironment;
}

/**
 * `ctload compare BASE CANDIDATE`: compares the runs of two folders, prints the result, and returns 114 when a figure became worse
 * by more than its limit.
 * @throws {CtloadError} exit 2 when the folders cannot be compared.
 */
export function compare(base: string, candidate: string, options: CompareOptions): ExitCode {
  const limits = options.maxRegression.map(parseLimit);
  const comparison = compareFolders({ base, candidate, limits, allowDifferent: options.allowDifferent });
  const markdown = comparisonMarkdown(comparison);
  const text = options.json
    ? jsonText(comparison)
    : options.markdown
      ? markdown
      : renderComparison(comparison, { color: options.color, width: process.stdout.columns || 100 });
  process.stdout.write(text);
  if (options.html !== undefined) {
    writeOutput('--html', options.html, comparisonHtml(comparison), 'name a file in a folder that you may write to');
  }
  const regressions = limitSentences(comparison).filter(({ figure }) => figure.outcome === 'regression');
  const annotations = regressions.map((one) => annotation('error', 'ctload compare: regression', one.text));
  reportToGitHub(options.environment, { annotations, markdown }, stderrLog(false));
  return regressions.length > 0 ? ExitCode.regression : ExitCode.ok;
}
