import { join } from 'node:path';
import { TIMELINE_SCHEMA, type TimelineRecord } from '../model/timeline/sample.ts';
import { CtloadError, reasonOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { type FileLine, fileLines } from './file-lines.ts';
import { TIMELINE_FILE } from './files.ts';

const HINT = "name the folder of a finished run, e.g. one under results/ (it holds the run's timeline.ndjson)";

/**
 * Reads a run's `timeline.ndjson`, one record at a time. A last line that was cut short, as a killed run leaves it, is left
 * out.
 * @throws {CtloadError} exit 2 naming the file (and line) when it is missing, broken or not a timeline of this version.
 */
export function* readTimeline(folder: string): Generator<TimelineRecord> {
  const path = join(folder, TIMELINE_FILE);
  let number = 0;
  for (const line of lines(path)) {
    const record = parseLine(line, `${path}:${++number}`);
    if (number === 1) requireMeta(record, path);
    if (record !== undefined) yield record;
  }
  if (number === 0) requireMeta(undefined, path);
}

function* lines(path: string): Generator<FileLine> {
  try {
    yield* fileLines(path);
  } catch (cause) {
    throw invalid(`cannot read ${path}: ${reasonOf(cause)}`, cause);
  }
}

function parseLine({ text, whole }: FileLine, place: string): TimelineRecord | undefined {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    if (!whole) return undefined;
    throw invalid(`${place}: not a JSON record`, cause);
  }
  const { type, t } = (record ?? {}) as { readonly type?: unknown; readonly t?: unknown };
  if (typeof type !== 'string' || typeof t !== 'number') throw invalid(`${place}: not a record: it has no type or no time`);
  return record as TimelineRecord;
}

function requireMeta(first: TimelineRecord | undefined, path: string): void {
  if (first?.type !== 'meta') throw invalid(`${path} does not start with a "meta" record`);
  if (first.schema !== TIMELINE_SCHEMA) throw invalid(`${path} has schema ${first.schema}, not ${TIMELINE_SCHEMA}`);
}

function invalid(message: string, cause?: unknown): CtloadError {
  return new CtloadError(message, { hint: HINT, exitCode: ExitCode.usage, cause });
}
