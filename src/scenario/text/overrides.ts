import { parseDocument } from 'yaml';
import { messageOf } from '../../platform/errors.ts';
import type { Path } from './problem.ts';

/** A value that comes from outside the scenario file. */
export interface Override {
  /** How errors name it, e.g. `--set gateway.conntrack.max=7`. */
  readonly place: string;
  readonly path: Path;
  readonly value: unknown;
  /** Why it cannot be used; absent when it can. */
  readonly problem?: string;
}

const ASSIGNMENT = /^\s*([^=\s]+?)\s*=(.*)$/s;

/** `path=value` with a dotted path and a YAML value, e.g. `floods.requests.stages.0.target=500`. */
export function parseAssignment(text: string, source: string): Override {
  const place = `${source} ${text.trim()}`;
  const [, path, value = ''] = ASSIGNMENT.exec(text) ?? [];
  if (path === undefined) return { place, path: [], value: undefined, problem: 'expected path=value' };
  const keys = path.split('.');
  if (keys.includes('')) return { place, path: keys, value: undefined, problem: 'has an empty key in its path' };
  const document = parseDocument(value, { prettyErrors: false, stringKeys: true });
  const [error] = document.errors;
  if (error !== undefined)
    return { place, path: keys, value: undefined, problem: `the value is not valid YAML: ${error.message}` };
  try {
    return { place, path: keys, value: document.toJS() };
  } catch (cause) {
    return { place, path: keys, value: undefined, problem: `the value is not valid YAML: ${messageOf(cause)}` };
  }
}

/** The assignments in CTLOAD_SET, one per line or separated by `;`. */
export function parseAssignments(text: string, source: string): Override[] {
  return text
    .split(/[\n;]/)
    .filter((part) => part.trim() !== '')
    .map((part) => parseAssignment(part, source));
}

/**
 * A copy of `data` with `value` at `path`; missing maps on the path are created.
 * @throws {Error} when the path leads through a value that has no keys.
 */
export function applyOverride(data: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(data)) {
    const index = Number(key);
    if (!(Number.isInteger(index) && index >= 0 && index <= data.length)) {
      throw new Error(`the list has ${data.length} items, counted from 0; item ${key} does not exist`);
    }
    const items: unknown[] = [...data];
    items[index] = applyOverride(items[index], rest, value);
    return items;
  }
  if (data !== undefined && data !== null && typeof data !== 'object') {
    throw new Error(`cannot set ${key}: its parent is a plain value (${String(data)})`);
  }
  // A Map keeps the order of the floods; with fromEntries `__proto__` becomes a key, which is then reported as unknown.
  const entries = new Map<string, unknown>(Object.entries(data ?? {}));
  entries.set(String(key), applyOverride(entries.get(String(key)), rest, value));
  return Object.fromEntries(entries);
}
