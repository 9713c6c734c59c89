import type { Comparison, Comparisons } from '../../model/result/comparison.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { stderrLog } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { annotation } from '../../report/ci/annotations.ts';
import { comparisonHtml } from '../../report/compare/html.ts';
import { comparisonsDocument } from '../../report/compare/many.ts';
import { comparisonMarkdown } from '../../report/compare/markdown.ts';
import { renderComparison } from '../../report/compare/terminal.ts';
import { limitSentences } from '../../report/compare/wording.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { renderTextDocument } from '../../report/document/document-text.ts';
import type { TerminalOptions } from '../../report/terminal/terminal.ts';
import { compareFolders, compareManyFolders } from '../../session/compare.ts';
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
 * `ctload compare BASE CANDIDATE…`: compares the runs of folders with those of the first, prints the result, and returns 114 when a
 * figure became worse by more than its limit.
 * @throws {CtloadError} exit 2 when the folders cannot be compared.
 */
export function compare(base: string, candidates: readonly [string, ...string[]], options: CompareOptions): ExitCode {
  const { allowDifferent, maxRegression } = options;
  const request = { base, limits: maxRegression.map(parseLimit), allowDifferent };
  const [candidate, ...others] = candidates;
  const rendered =
    others.length === 0
      ? renderTwo(compareFolders({ ...request, candidate }))
      : renderMany(compareManyFolders({ ...request, candidates }));
  const markdown = rendered.markdown();
  const text = options.json
    ? jsonText(rendered.data)
    : options.markdown
      ? markdown
      : rendered.text({ color: options.color, width: process.stdout.columns || 100 });
  process.stdout.write(text);
  if (options.html !== undefined) {
    writeOutput('--html', options.html, rendered.html(), 'name a file in a folder that you may write to');
  }
  const regressions = rendered.comparisons.flatMap((one) =>
    limitSentences(one).filter(({ figure }) => figure.outcome === 'regression'),
  );
  const annotations = regressions.map((one) => annotation('error', 'ctload compare: regression', one.text));
  reportToGitHub(options.environment, { annotations, markdown }, stderrLog(false));
  return regressions.length > 0 ? ExitCode.regression : ExitCode.ok;
}

/** A comparison in all its forms. */
interface Rendered {
  readonly data: Comparison | Comparisons;
  readonly comparisons: readonly Comparison[];
  text(options: TerminalOptions): string;
  markdown(): string;
  html(): string;
}

function renderTwo(comparison: Comparison): Rendered {
  return {
    data: comparison,
    comparisons: [comparison],
    text: (options) => renderComparison(comparison, options),
    markdown: () => comparisonMarkdown(comparison),
    html: () => comparisonHtml(comparison),
  };
}

function renderMany(comparisons: Comparisons): Rendered {
  const document = comparisonsDocument(comparisons);
  return {
    data: comparisons,
    comparisons: comparisons.comparisons,
    text: (options) => renderTextDocument(document, options),
    markdown: () => renderMarkdownDocument(document),
    html: () => renderHtmlDocument(document),
  };
}
