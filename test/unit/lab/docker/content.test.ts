import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inImage, PACKAGE } from '../../../../src/lab/docker/image-paths.ts';
import { isOrphan, ownLabels } from '../../../../src/lab/docker/labels.ts';
import { contentHash } from '../../../../src/lab/docker/package-content.ts';

test('the image is the same as long as names, bytes and base are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-content-'));
  const file = join(folder, 'a');
  writeFileSync(file, 'one');
  const hash = (name = 'a', base = 'base') => contentHash(new Map([[name, file]]), base);
  const before = hash();
  expect(hash()).toBe(before);
  expect(hash('b')).not.toBe(before);
  expect(hash('a', 'other')).not.toBe(before);
  writeFileSync(file, 'two');
  expect(hash()).not.toBe(before);
  rmSync(folder, { recursive: true });
});

test("ctload's own commands are found in the image", () => {
  expect(inImage([process.execPath, `${PACKAGE}dist/processes/agent.js`, 'x'])).toEqual([
    'node',
    '/ctload/dist/processes/agent.js',
    'x',
  ]);
  expect(inImage(['nft', '-f', '-'])).toEqual(['nft', '-f', '-']);
});

test('only objects whose owner on this machine is gone are orphans', () => {
  expect(isOrphan(ownLabels('r'))).toBe(false);
  expect(isOrphan({ 'ctload.owner': `${process.pid}.1@${hostname()}` })).toBe(true);
  expect(isOrphan({ 'ctload.owner': `${process.pid}.1@elsewhere` })).toBe(false);
  expect(isOrphan({})).toBe(false);
});
