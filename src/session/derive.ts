import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summarize } from '../analysis/summarize.ts';
import type { Summary } from '../model/summary.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { readLatency } from '../timeline/read-latency.ts';
import { readTimeline } from '../timeline/read-timeline.ts';
import { readExpectation } from './expectation.ts';

const SUMMARY_FILE = 'summary.json';

/**
 * Judges what a run recorded in `folder`. A run and `ctload report` both come here, so both find the same.
 * @throws {CtloadError} exit 2 when the folder holds no valid record.
 */
export function deriveSummary(folder: string): Summary {
  const records = readTimeline(folder);
  const meta = records.find((record) => record.type === 'meta');
  const expected = meta && readExpectation(folder, meta.lab.capacity);
  return summarize(records, readLatency(folder), expected);
}

/** Writes `summary.json`. @throws {CtloadError} exit 100 when it cannot be written. */
export function writeSummary(folder: string, summary: Summary): void {
  const path = join(folder, SUMMARY_FILE);
  try {
    writeFileSync(path, `${JSON.stringify(summary, null, 2)}\n`);
  } catch (cause) {
    throw new CtloadError(`cannot write ${path}: ${messageOf(cause)}`, { hint: 'make the folder writable', cause });
  }
}
