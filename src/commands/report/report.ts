import { join } from 'node:path';
import { stderrLog } from '../../platform/log.ts';
import { jsonText } from '../../platform/printable.ts';
import { htmlReport } from '../../report/html/page.ts';
import { renderTerminal } from '../../report/terminal/terminal.ts';
import { type AlertRequest, evaluateAlertRules } from '../../session/alerts/evaluate.ts';
import { deriveReport, writeReports } from '../../session/results/derive.ts';

export interface ReportOptions {
  /** Print the summary as JSON instead of the report. */
  readonly json: boolean;
  readonly color?: boolean;
  /** The user's alerting rules to evaluate first. */
  readonly alertRules?: AlertRequest | undefined;
}

/**
 * `ctload report DIR`: judges the run recorded in `folder` again, prints the report and rewrites all report files.
 * @throws {CtloadError} exit 2 when the folder holds no valid record, 100 when it cannot be written; as `evaluateAlertRules`.
 */
export async function report(folder: string, options: ReportOptions): Promise<void> {
  if (options.alertRules !== undefined) await evaluateAlertRules(folder, options.alertRules);
  const run = deriveReport(folder);
  const { summary } = run;
  const text = options.json
    ? jsonText(summary)
    : renderTerminal(summary, { color: options.color ?? false, width: process.stdout.columns || 100 });
  process.stdout.write(text); // first: the report of a read-only folder can still be read
  writeReports(folder, run);
  stderrLog(false).info(`report: ${join(folder, htmlReport.file)}`);
}
