import type { z } from 'zod';
import { keysOf, meantKey } from './meant.ts';
import { checkActions } from './schema/actions.ts';
import { checkDataplane, checkFamily } from './schema/dataplane.ts';
import { type AnyFile, externalFile, kubernetesFile, scenarioFile } from './schema/file.ts';
import { checkPodFloods } from './schema/lab/kubernetes-floods.ts';
import { checkFloods } from './schema/thresholds.ts';
import { notOneOf } from './schema/values.ts';
import { checkVariants } from './schema/variants.ts';
import type { Path, Problem } from './text/problem.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

type Checked =
  | { readonly file: AnyFile; readonly problems?: undefined }
  | { readonly file?: undefined; readonly problems: readonly Problem[] };

// Made once: zod compiles a schema when it is first used.
const external = externalFile.superRefine(checkFloods);
const kubernetes = kubernetesFile.superRefine(checkFloods).superRefine(checkPodFloods);
const built = scenarioFile
  .superRefine(checkFloods)
  .superRefine(checkDataplane)
  .superRefine(checkFamily)
  .superRefine(checkActions)
  .superRefine(checkVariants);

/** Checks plain data against the file format. Returns all problems, in the order in which they were found. */
export function check(data: unknown): Checked {
  const maps = new Map<string, unknown>();
  const result = schemaFor(data).safeParse(data, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') maps.set(keyOf(issue.path), issue.inst);
      return messageFor(issue);
    },
  });
  if (result.success) return { file: result.data };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, [], maps));
  return { problems: problems.map((one) => (isMissing(data, one.path) ? { ...one, about: 'missing' } : one)) };
}

function schemaFor(data: unknown): z.ZodType<AnyFile> {
  const driver = (data as { readonly lab?: { readonly driver?: unknown } | null } | null | undefined)?.lab?.driver;
  if (driver === 'kubernetes') return kubernetes;
  return driver === 'external' ? external : built;
}

function problemsOf(issue: Issue, above: Path, maps: ReadonlyMap<string, unknown>): Problem[] {
  const path = [...above, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') {
    const map = maps.get(keyOf(issue.path));
    return issue.keys.map((key) => ({ path: [...path, key], about: 'key', message: unknownKey(key, map) }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => ({ path, about: 'key', message }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && issue.message === '') {
    return nearestBranch(issue.errors).flatMap((inner) => problemsOf(inner, path, maps));
  }
  const about = issue.code === 'custom' && issue.params?.['about'] === 'key' ? 'key' : 'value';
  return [{ path, about, message: issue.message }];
}

/** The alternative that the value was most likely meant to be: of the right type, and with the fewest problems. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const inside = branches.filter((issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'));
  const candidates = inside.length > 0 ? inside : branches.slice(-1);
  return candidates.reduce((best, issues) => (issues.length < best.length ? issues : best));
}

/** The message for the user. Empty for a union, whose branches have messages of their own. */
function messageFor(issue: RawIssue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined ? 'is required' : `expected ${nounFor(issue.expected)}, got ${described(input)}`;
    case 'invalid_value':
      return notOneOf(input, issue.values);
    case 'invalid_union':
      return input === undefined ? 'is required' : '';
    default:
      return undefined;
  }
}

function isMissing(data: unknown, path: Path): boolean {
  const value = path.reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], data);
  return value === undefined;
}

function nounFor(expected: string): string {
  const nouns: Readonly<Record<string, string>> = {
    object: 'a map of keys',
    record: 'a map of keys',
    array: 'a list',
    string: 'text',
    boolean: 'true or false',
    number: 'a number',
  };
  return nouns[expected] ?? expected;
}

function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

function unknownKey(key: string, map: unknown): string {
  const meant = meantKey(key, map);
  return `unknown key; ${meant === undefined ? `allowed keys: ${keysOf(map).join(', ')}` : `did you mean ${meant}?`}`;
}

function keyOf(path: readonly PropertyKey[] | undefined): string {
  return (path ?? []).map(String).join('\n');
}
