import { execFileSync } from 'node:child_process';
import {
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atomicWrite } from '../../../src/platform/atomic-write.ts';
import { readRegular, readRegularIfAny } from '../../../src/platform/read-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-files-'));
  file = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

function makeLarge(): void {
  writeFileSync(file, '');
  truncateSync(file, 2 ** 31);
}

describe('a file that others may have put there', () => {
  it('is read when it is a regular one, and one’s own link to one', () => {
    writeFileSync(file, 'zwölf');
    symlinkSync('file', join(folder, 'link'));
    expect(readRegular(file, 6)).toBe('zwölf');
    expect(readRegular(join(folder, 'link'), 100)).toBe('zwölf');
    expect(readRegularIfAny(join(folder, 'none'), 100)).toBeNull();
    expect(readRegularIfAny(join(folder, 'none/none'), 100)).toBeNull();
  });

  it.each([
    ['a folder', () => mkdirSync(file), 'it is a folder'],
    ['a pipe', () => execFileSync('mkfifo', [file]), 'it is not a regular file'],
    ['a device', () => symlinkSync('/dev/zero', file), 'it is not a regular file'],
    ['too large', makeLarge, 'it is larger than 1 MiB'],
  ])('is refused when it is %s', (_, make, message) => {
    make();
    expect(() => readRegular(file, 2 ** 20)).toThrow(message);
  });

  it.runIf(process.geteuid?.() === 0)('is refused when it is a link of another user', () => {
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync('secret', file);
    lchownSync(file, 65_534, 65_534);
    expect(() => readRegular(file, 100)).toThrow('it is a link of another user');
  });
});

describe('a file that is written whole', () => {
  it('replaces a link, and never writes through one', () => {
    writeFileSync(join(folder, 'other'), 'kept');
    symlinkSync('other', file);
    symlinkSync('other', `${file}.${process.pid}.tmp`); // what the draft used to be called
    atomicWrite(file, 'new', { durable: true });
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('kept');
    expect(readdirSync(folder).sort()).toEqual(['file', `file.${process.pid}.tmp`, 'other']);
  });

  it('leaves no draft where it fails', () => {
    mkdirSync(file);
    expect(() => atomicWrite(file, 'new')).toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
