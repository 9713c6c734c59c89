import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ComparedRun, ComparedSummary } from '../../model/result/comparison.ts';
import { FAILURE_CAUSES } from '../../model/timeline/attempt.ts';
import { CtloadError, messageOf, reasonOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { readRegular } from '../../platform/read-file.ts';
import { parseAnyScenario } from '../../scenario/load.ts';
import { LARGEST_RESOLVED, RESOLVED_FILE } from './results.ts';

const SUMMARY_FILE = 'summary.json';
const LARGEST_SUMMARY = 64 * 2 ** 20; // bytes

const text = z.string();
const number = z.number();

/** Only what is compared: a summary of another version of ctload may lack the rest, as keys are added with time. */
const comparedSchema = z.object({
  schema: z.literal('ctload/summary@1'),
  run: z.object({ id: text, startedAt: text, durationSeconds: number, version: text, seed: number, command: text }),
  scenario: z.object({ name: text, description: text, sha256: text }),
  environment: z.object({
    driver: text,
    rootless: z.boolean(),
    kernel: text,
    node: text,
    cpus: number,
    memoryBytes: number,
    sysctls: z.record(text, text),
    tools: z.record(text, text),
  }),
  verdict: z.object({
    kind: z.enum(['broke', 'held', 'inconclusive']),
    validity: z.enum(['valid', 'generator-bound', 'inconclusive']),
    bound: z.enum(['no-earlier', 'no-later']).nullable().default(null),
    cause: z.enum(FAILURE_CAUSES).nullable(),
    reasons: z.array(text),
  }),
  metrics: z.record(text, z.object({ type: text, values: z.record(text, number) })),
  conntrack: z.object({ method: z.enum(['sysctl', 'ballast', 'own-kernel', 'in-force', 'unknown']) }),
  floods: z.record(text, z.object({ attempted: number, failures: z.partialRecord(z.enum(FAILURE_CAUSES), number) })),
});

/**
 * Reads the summaries of a run's folder, or of all runs in the folders directly below it, as `run --repeat` leaves them;
 * nothing is derived again.
 * @throws {CtloadError} exit 2 when there is none, or one that cannot be read.
 */
export function readRuns(folder: string): ComparedRun[] {
  if (existsSync(join(folder, SUMMARY_FILE))) return [readRun(folder)];
  const below = isFolder(folder) ? readdirSync(folder).sort() : [];
  const runs = below.map((name) => join(folder, name)).filter((path) => existsSync(join(path, SUMMARY_FILE)));
  if (runs.length > 0) return runs.map(readRun);
  throw new CtloadError(`no runs in ${folder} (no ${SUMMARY_FILE} found)`, {
    hint: 'name a folder that `ctload run` left, e.g. results/burst-20261123T120000Z',
    exitCode: ExitCode.usage,
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readRun(folder: string): ComparedRun {
  const file = join(folder, SUMMARY_FILE);
  const text = readOrThrow(file, LARGEST_SUMMARY);
  const parsed = comparedSchema.safeParse(fromJson(text, file));
  if (!parsed.success) throw unreadable(file, faultsIn(parsed.error));
  return { folder, summary: parsed.data satisfies ComparedSummary, scenario: readScenario(join(folder, RESOLVED_FILE)) };
}

function faultsIn({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => {
      const fault = message.replace(/^.*received undefined$/, 'is missing').replace(/^Invalid input: (.*), received .*$/, '$1');
      return path.length === 0 ? fault : `${path.join('.')}: ${fault}`;
    })
    .join('; ');
}

function readScenario(file: string): Record<string, string> | null {
  if (!existsSync(file)) return null;
  const text = readOrThrow(file, LARGEST_RESOLVED);
  try {
    return flatten(parse(inTodaysWords(text, file)));
  } catch (cause) {
    throw unreadable(file, messageOf(cause), cause);
  }
}

/**
 * As this version of ctload reads it: keys that are newer than the run have their defaults. What it cannot read stays as it is.
 */
function inTodaysWords(text: string, file: string): string {
  try {
    return parseAnyScenario(text, file).resolved;
  } catch {
    return text;
  }
}

/** `{floods: {a: {stages: [{target: 5}]}}}` → `{'floods.a.stages.0.target': '5'}`; what is empty stays as one value. */
function flatten(value: unknown, path: readonly string[] = []): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return { [path.join('.')]: typeof value === 'string' ? value : JSON.stringify(value) };
  return Object.assign({}, ...entries.map(([key, inner]) => flatten(inner, [...path, key])));
}

function fromJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, messageOf(cause), cause);
  }
}

function readOrThrow(file: string, most: number): string {
  try {
    return readRegular(file, most);
  } catch (cause) {
    throw unreadable(file, reasonOf(cause), cause);
  }
}

function unreadable(file: string, why: string, cause?: unknown): CtloadError {
  return new CtloadError(`cannot read ${file}: ${why}`, {
    hint: '`ctload report DIR` regenerates the summary from what the run recorded',
    exitCode: ExitCode.usage,
    cause,
  });
}
