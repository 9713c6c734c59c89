import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packed, unpack } from '../../../../../src/lab/docker/elsewhere/tar.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-tar-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('brings files to another folder, and what links point to', async () => {
  mkdirSync(join(folder, 'from/deep'), { recursive: true });
  mkdirSync(join(folder, 'to'));
  writeFileSync(join(folder, 'from/deep/a file'), 'text');
  symlinkSync('a file', join(folder, 'from/deep/link'));
  await unpack(packed(join(folder, 'from'), ['deep']), join(folder, 'to'));
  expect(readFileSync(join(folder, 'to/deep/a file'), 'utf8')).toBe('text');
  expect(readFileSync(join(folder, 'to/deep/link'), 'utf8')).toBe('text');
  expect(statSync(join(folder, 'to/deep/link')).isFile()).toBe(true);
});

it('fails with what tar says: a file that is missing, an archive that is cut off', async () => {
  await expect(buffer(packed(folder, ['missing']))).rejects.toThrow(/missing.*No such file/s);
  const archive = await buffer(packed(folder, ['from']));
  await expect(unpack(Readable.from([archive.subarray(0, 1600)]), join(folder, 'to'))).rejects.toThrow(/tar/);
});
