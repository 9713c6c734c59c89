import { usageError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { jsonText } from '../../platform/printable.ts';
import { diagnosisDocument } from '../../report/diagnosis/diagnosis-document.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { renderTextDocument } from '../../report/document/document-text.ts';
import { diagnoseIncident } from '../../session/diagnose.ts';
import type { PrometheusRequest } from '../../session/incident/prometheus-readings.ts';

export interface DiagnoseOptions {
  readonly format: 'text' | 'markdown' | 'html' | 'json';
  readonly color: boolean;
}

/** Seconds since 1970, or before another time. */
export type Time = { readonly at: number } | { readonly ago: number };

export interface SourceFlags {
  readonly prometheus?: string;
  readonly from?: Time;
  readonly to?: Time;
  readonly instance?: string;
}

/**
 * `ctload diagnose FILE…`: prints what logs, counters and a Prometheus show of an incident. Returns 0 when a cause is certain or the table is ruled
 * out, 111 when they do not tell.
 * @throws {CtloadError} exit 2 when a file cannot be read, or nothing in them is known; 100 when Prometheus cannot be reached.
 */
export async function diagnose(
  files: readonly string[],
  source: SourceFlags,
  { format, color }: DiagnoseOptions,
): Promise<ExitCode> {
  const request = requestOf(source);
  if (files.length === 0 && request === undefined) {
    throw usageError('nothing to read', 'name files or folders, - for stdin, or --prometheus URL --from TIME');
  }
  const scraped =
    request &&
    (await import('../../session/incident/prometheus-readings.ts').then(({ readPrometheus }) => readPrometheus(request)));
  const diagnosis = diagnoseIncident(files, scraped);
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

/** @throws {CtloadError} exit 2 for a range without Prometheus, or the other way round. */
function requestOf({ prometheus: url, from, to = { ago: 0 }, instance }: SourceFlags): PrometheusRequest | undefined {
  if (url === undefined) {
    if (from === undefined && instance === undefined) return undefined;
    throw usageError('--from, --to and --instance are for --prometheus URL');
  }
  if (from === undefined) throw usageError('--prometheus needs --from TIME', 'e.g. --from 30m, or --from 2026-11-28T14:00:00Z');
  const end = secondsOf(to, Date.now() / 1000);
  return { url, from: secondsOf(from, end), to: end, instance };
}

function secondsOf(time: Time, until: number): number {
  return 'at' in time ? time.at : until - time.ago;
}
