import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileLines } from '../../../src/timeline/file-lines.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function linesOf(text: string): [string, number, boolean][] {
  const path = join(folder, 'file');
  writeFileSync(path, text);
  return [...fileLines(path)].map(({ text: line, end, whole }) => [line, end, whole]);
}

it('tells where each line ends, in bytes, and whether it is whole', () => {
  expect(linesOf('a\n\nzwölf\ncut')).toEqual([
    ['a', 1, true],
    ['', 2, true],
    ['zwölf', 9, true],
    ['cut', 13, false],
  ]);
  expect(linesOf('')).toEqual([]);
});

it('puts lines together that lie across blocks, however long', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${'ä'.repeat((i * 37) % 900)}`);
  lines.push('x'.repeat(1_000_000));
  const read = linesOf(`${lines.join('\n')}\n`);
  expect(read.map(([text]) => text)).toEqual(lines);
  expect(read.at(-1)?.[1]).toBe(Buffer.byteLength(lines.join('\n')));
});
