import { ExitCode } from '../../platform/exit-codes.ts';
import { jsonText } from '../../platform/printable.ts';
import { diagnosisDocument } from '../../report/diagnosis/diagnosis-document.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { renderTextDocument } from '../../report/document/document-text.ts';
import { diagnoseIncident } from '../../session/diagnose.ts';

export interface DiagnoseOptions {
  readonly format: 'text' | 'markdown' | 'html' | 'json';
  readonly color: boolean;
}

/**
 * `ctload diagnose FILE…`: prints what logs and counters show of an incident. Returns 0 when a cause is certain or the table is ruled
 * out, 111 when they do not tell.
 * @throws {CtloadError} exit 2 when a file cannot be read, or nothing in them is known.
 */
export function diagnose(files: readonly string[], { format, color }: DiagnoseOptions): ExitCode {
  const diagnosis = diagnoseIncident(files);
  const document = diagnosisDocument(diagnosis);
  const text = {
    text: () => renderTextDocument(document, { color, width: process.stdout.columns || 100 }),
    markdown: () => renderMarkdownDocument(document),
    html: () => renderHtmlDocument(document),
    json: () => jsonText(diagnosis),
  };
  process.stdout.write(text[format]());
  return diagnosis.conclusion.kind === 'cannot-tell' ? ExitCode.generatorBound : ExitCode.ok;
}
