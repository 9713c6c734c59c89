import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const MOST_LINES = 300;

/** From the top (design.md §1): imports go down only, and what stands on one row is apart. */
const ROWS: readonly (readonly string[])[] = [
  ['cli', 'processes'],
  ['commands'],
  ['session'],
  ['scenario', 'lab', 'load', 'probe', 'timeline', 'analysis', 'sizing', 'report'],
  ['model', 'platform'],
];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const texts = new Map(files.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]));

/** `session.ts` and what is in `session/` are one. */
function partOf(file: string): string {
  return /^[^/.]+/.exec(file)?.[0] ?? '';
}

function rowOf(file: string): number {
  return ROWS.findIndex((parts) => parts.includes(partOf(file)));
}

/** Files of ctload that `file` imports, types left out unless wanted. */
function importsOf(file: string, types: boolean): string[] {
  return [...(texts.get(file) ?? '').matchAll(/^(import|export)( type)?\b[^;]*?from '(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm)]
    .filter(([, , type]) => types || type === undefined)
    .map(([, , , from, lazy]) => relative(SRC, resolve(SRC, dirname(file), from ?? lazy ?? '')))
    .filter((imported) => texts.has(imported));
}

describe('the source', () => {
  it('has no part that design.md does not place', () => {
    expect(files.filter((file) => rowOf(file) === -1)).toEqual([]);
  });

  it('imports downwards only, types included', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file, true)
        .filter((imported) => partOf(imported) !== partOf(file) && rowOf(imported) <= rowOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(wrong).toEqual([]);
    expect(files.flatMap((file) => importsOf(file, true)).length).toBeGreaterThan(files.length); // it sees imports at all
  });

  it('has no cycle at run time', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (path.includes(file) || done.has(file)) return;
      for (const imported of importsOf(file, false)) visit(imported, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it(`has no file of more than ${MOST_LINES} lines`, () => {
    expect(files.filter((file) => (texts.get(file) ?? '').trimEnd().split('\n').length > MOST_LINES)).toEqual([]);
  });
});
