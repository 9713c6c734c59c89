import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdirp } from '../../../src/platform/mkdirp.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ctload-folders-'));
});
afterEach(() => rmSync(base, { recursive: true }));

describe('makeFolder', () => {
  it('makes all that is missing, and may do so twice', () => {
    const folder = join(base, 'a/b/c');
    mkdirp(folder);
    mkdirp(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('refuses what is a file, or lies below one', () => {
    const file = join(base, 'file');
    writeFileSync(file, '');
    expect(() => mkdirp(file)).toThrow('EEXIST');
    expect(() => mkdirp(join(file, 'x/y'))).toThrow('ENOTDIR');
  });

  it('gives up where no folder can be made', () => {
    expect(() => mkdirp('/proc/ctload/x')).toThrow('ENOENT');
  });
});
