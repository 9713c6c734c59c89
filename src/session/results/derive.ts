import { join } from 'node:path';
import { factsOf } from '../../analysis/facts.ts';
import { sortRecords } from '../../analysis/log/run-log.ts';
import { seriesOf } from '../../analysis/series/series.ts';
import { summarize } from '../../analysis/summarize.ts';
import type { RunReport } from '../../model/result/report.ts';
import type { Judgement } from '../../model/result/summary.ts';
import { atomicWrite } from '../../platform/atomic-write.ts';
import { CtloadError, reasonOf, usageError } from '../../platform/errors.ts';
import { readRegularIfAny } from '../../platform/read-file.ts';
import { REPORTS } from '../../report/reports.ts';
import { summaryInWords } from '../../report/wording/summary.ts';
import { readLatency, readValues } from '../../timeline/read-latency.ts';
import { readTimeline } from '../../timeline/read-timeline.ts';
import { readExpectation } from './expectation.ts';
import { LARGEST_RESOLVED, RESOLVED_FILE } from './results.ts';
import { readStored } from './stored-alerts.ts';

/**
 * Judges what a run recorded in `folder`. A run and `ctload report` both come here, so both find the same.
 * @throws {CtloadError} exit 2 when the folder holds no valid record.
 */
export function deriveReport(folder: string): RunReport {
  return deriveRun(folder).report;
}

/** As `deriveReport`, together with the judgement that the summary puts into words. */
export function deriveRun(folder: string): { readonly judgement: Judgement; readonly report: RunReport } {
  const scenario = readResolved(folder);
  const log = sortRecords(readTimeline(folder));
  const latency = readLatency(folder);
  const facts = factsOf(log, latency);
  const judgement = summarize(facts, readExpectation(scenario, log.meta.lab), readStored(folder));
  const series = seriesOf(facts, readValues(folder, 'connecting'));
  const summary = summaryInWords(judgement);
  return { judgement, report: { summary, latency, scenario, series } };
}

/** Writes every report of a run into its folder. @throws {CtloadError} exit 100 when one cannot be written. */
export function writeReports(folder: string, run: RunReport): void {
  for (const report of REPORTS) {
    const path = join(folder, report.file);
    const text = report.render(run);
    try {
      atomicWrite(path, text);
    } catch (cause) {
      throw new CtloadError(`cannot write ${path}: ${reasonOf(cause)}`, { hint: 'make the folder writable', cause });
    }
  }
}

function readResolved(folder: string): string | null {
  const path = join(folder, RESOLVED_FILE);
  try {
    return readRegularIfAny(path, LARGEST_RESOLVED);
  } catch (cause) {
    const hint = 'remove it: without that file the report has everything but the scenario and what the model predicts of it';
    throw usageError(`cannot read ${path}: ${reasonOf(cause)}`, hint, cause);
  }
}
