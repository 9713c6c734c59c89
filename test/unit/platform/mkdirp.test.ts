import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../src/platform/mkdirp.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ctload-folders-'));
});
afterEach(() => rmSync(base, { recursive: true }));

describe('makeFolder', () => {
  it('makes all that is missing, and may do so twice', () => {
    const folder = join(base, 'a/b/c');
    makeFolder(folder);
    makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('refuses what is a file, or lies below one', () => {
    const file = join(base, 'file');
    writeFileSync(file, '');
    expect(() => makeFolder(file)).toThrow('EEXIST');
    expect(() => makeFolder(join(file, 'x/y'))).toThrow('ENOTDIR');
  });

  it('gives up where no folder can be made', () => {
    expect(() => makeFolder('/proc/ctload/x')).toThrow('ENOENT');
  });
});
