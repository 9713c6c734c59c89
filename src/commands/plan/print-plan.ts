import { join } from 'node:path';
import type { PasteFiles } from '../../model/result/plan/plan.ts';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { CtloadError, reasonOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { stderrLog } from '../../platform/log.ts';
import { mkdirp } from '../../platform/mkdirp.ts';
import { jsonText } from '../../platform/printable.ts';
import type { ReportDocument } from '../../report/document/document.ts';
import { renderHtmlDocument } from '../../report/document/document-html.ts';
import { renderMarkdownDocument } from '../../report/document/document-markdown.ts';
import { renderTextDocument } from '../../report/document/document-text.ts';
import type { PlanFormat } from './plan-formats.ts';

export interface PrintOptions {
  readonly format: PlanFormat;
  /** Folder for the plan in every format and the files to paste. */
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly color: { readonly stdout: boolean };
}

/** A plan of either kind. */
export interface Printable {
  /** What JSON has. */
  readonly data: object;
  /** For a terminal. */
  readonly short: ReportDocument;
  /** For files and pages. */
  readonly long: ReportDocument;
}

/** Writes a plan to the folder of --output, if there is one, and prints it. @throws {CtloadError} exit 2 when the folder cannot be written. */
export function printed(plan: Printable, paste: PasteFiles, { output, quiet, format, color }: PrintOptions): void {
  if (output !== undefined) {
    writePlan(output, plan, paste);
    stderrLog(quiet).info(`plan: ${output}`);
  }
  process.stdout.write(render(plan, format, color.stdout));
}

function render({ data, short, long }: Printable, format: PlanFormat, color: boolean): string {
  switch (format) {
    case 'json':
      return jsonText(data);
    case 'markdown':
      return renderMarkdownDocument(long);
    case 'html':
      return renderHtmlDocument(long);
    case 'text':
      return renderTextDocument(short, { color, width: process.stdout.columns || 100 });
  }
}

function writePlan(folder: string, plan: Printable, paste: PasteFiles): void {
  const files: PasteFiles = {
    'plan.md': render(plan, 'markdown', false),
    'plan.html': render(plan, 'html', false),
    'plan.json': render(plan, 'json', false),
    ...paste,
  };
  try {
    mkdirp(folder);
    for (const [name, text] of Object.entries(files)) atomicWrite(join(folder, name), text);
  } catch (cause) {
    throw new CtloadError(`cannot write the plan to ${folder}: ${reasonOf(cause)}`, {
      hint: 'name a folder you may write to with --output DIR',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}
