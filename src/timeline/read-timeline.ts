import { join } from 'node:path';
import { TIMELINE_SCHEMA, type TimelineRecord } from '../model/timeline/sample.ts';
import { type CtloadError, reasonOf, usageError } from '../platform/errors.ts';
import { type FileLine, fileLines } from './file-lines.ts';
import { TIMELINE_FILE } from './files.ts';
import { checkRecord, type Fault } from './record-check.ts';
import { checkPlace } from './record-place.ts';

const HINT = "name the folder of a finished run, e.g. one under results/ (it holds the run's timeline.ndjson)";
const DAMAGED = 'the file is damaged, or another program wrote it: copy it again from where it was recorded, or run again';

/**
 * Reads a run's `timeline.ndjson`, one record at a time, each checked against the schema. A last line that was cut short, as a
 * killed run leaves it, is left out.
 * @throws {CtloadError} exit 2 naming the file (and line) when it is missing, broken or not a timeline of this version.
 */
export function* readTimeline(folder: string): Generator<TimelineRecord> {
  const path = join(folder, TIMELINE_FILE);
  let number = 0;
  for (const line of lines(path)) {
    const place = `${path}:${++number}`;
    const record = parseLine(line, place);
    if (number === 1) requireMeta(record, path);
    if (record === undefined) continue;
    const fault = checkRecord(record) ?? checkPlace(record as TimelineRecord, number);
    if (fault !== undefined) throw damaged(place, record, fault);
    yield record as TimelineRecord;
  }
  if (number === 0) requireMeta(undefined, path);
}

function* lines(path: string): Generator<FileLine> {
  try {
    yield* fileLines(path);
  } catch (cause) {
    throw usageError(`cannot read ${path}: ${reasonOf(cause)}`, HINT, cause);
  }
}

/** Undefined for a line that was cut short. */
function parseLine({ text, whole }: FileLine, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!whole) return undefined;
    throw usageError(`${place}: not a JSON record`, DAMAGED, cause);
  }
}

function requireMeta(first: unknown, path: string): void {
  const { type, schema } = (first ?? {}) as { readonly type?: unknown; readonly schema?: unknown };
  if (type !== 'meta') throw usageError(`${path} does not start with a "meta" record`, HINT);
  if (schema !== TIMELINE_SCHEMA) throw usageError(`${path} has ${named(schema)}, not ${TIMELINE_SCHEMA}`, HINT);
}

function named(schema: unknown): string {
  return typeof schema === 'string' && schema.length < 100 ? `schema ${schema}` : 'an unknown schema';
}

function damaged(place: string, record: unknown, { path, message }: Fault): CtloadError {
  const { type } = (record ?? {}) as { readonly type?: unknown };
  const kind = typeof type === 'string' && path !== 'type' ? `${type} record: ` : '';
  return usageError(`${place}: ${kind}${path === '' ? '' : `${path}: `}${message}`, DAMAGED);
}
