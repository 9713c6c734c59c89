import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TIMELINE_SCHEMA, type TimelineRecord } from '../model/sample.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { TIMELINE_FILE } from './files.ts';

const HINT = "name the folder of a finished run, e.g. one under results/ (it holds the run's timeline.ndjson)";

/**
 * Reads a run's `timeline.ndjson`. A last line that was cut short, as a killed run leaves it, is left out.
 * @throws {CtloadError} exit 2 naming the file (and line) when it is missing, broken or not a timeline of this version.
 */
export function readTimeline(folder: string): TimelineRecord[] {
  const path = join(folder, TIMELINE_FILE);
  const lines = readText(path).split('\n');
  const last = lines.pop(); // what follows the last newline: nothing, or a line that was cut short
  const records = lines.map((line, index) => parseLine(line, `${path}:${index + 1}`));
  if (last !== undefined && last !== '') {
    try {
      records.push(JSON.parse(last) as TimelineRecord);
    } catch {}
  }
  const [first] = records;
  if (first?.type !== 'meta') throw invalid(`${path} does not begin with a "meta" record`);
  if (first.schema !== TIMELINE_SCHEMA) throw invalid(`${path} has schema ${first.schema}, not ${TIMELINE_SCHEMA}`);
  return records;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw invalid(`cannot read ${path}: ${messageOf(cause)}`, cause);
  }
}

function parseLine(line: string, place: string): TimelineRecord {
  try {
    return JSON.parse(line) as TimelineRecord;
  } catch (cause) {
    throw invalid(`${place}: not a JSON record`, cause);
  }
}

function invalid(message: string, cause?: unknown): CtloadError {
  return new CtloadError(message, { hint: HINT, exitCode: ExitCode.usage, cause });
}
