import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOrphan, ownLabels } from '../../../../src/lab/docker/labels.ts';
import { contentHash, IN_IMAGE, packageContent } from '../../../../src/lab/docker/package-content.ts';
import { programCommand } from '../../../../src/platform/program.ts';

/** As rolldown writes them: `from "x"`, and `require("x")` of CommonJS modules; comments have some, too. */
const IMPORT = /^(?:import|export)\b.* from "([^.][^"]*)"|^(?!\s*\*).*\brequire(?:\$\d+)?\(["']([^.][^"']*)["']\)/;
/** ws asks for them, and can do without. */
const NATIVE = ['bufferutil', 'utf-8-validate'];

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

test("ctload's programs are found in the image", () => {
  expect(programCommand('agent', ['x'], IN_IMAGE)).toEqual(['node', '/ctload/dist/processes/agent.js', 'x']);
});

test("the image holds ctload's programs and what they import, and nothing else of it", () => {
  const content = packageContent();
  const own = [...content.keys()].filter((name) => name.startsWith('dist/'));
  const programs = [
    'agent',
    'backend',
    'entries',
    'exporter',
    'guardian',
    'guest',
    'limit',
    'machine',
    'pod',
    'proxy',
    'sampler',
    'states',
  ];
  expect(own.filter((name) => !name.startsWith('dist/processes/chunks/')).sort()).toEqual(
    programs.map((name) => `dist/processes/${name}.js`),
  );
  const code = own.flatMap((name) => readFileSync(content.get(name) ?? '', 'utf8').split('\n'));
  const imported = code.flatMap((line) => IMPORT.exec(line)?.slice(1) ?? []).filter((name) => name !== undefined);
  const packages = new Set(imported.filter((name) => !isBuiltin(name) && !NATIVE.includes(name)));
  expect([...packages]).toEqual(['undici']);
  const installed = [...content.keys()].flatMap((name) => /^node_modules\/([^/]+)\/package\.json$/.exec(name)?.[1] ?? []);
  expect(installed).toEqual([...packages]);
});

test('only objects whose owner on this machine is gone are orphans', () => {
  expect(isOrphan(ownLabels('r'))).toBe(false);
  expect(isOrphan({ 'ctload.owner': `${process.pid}.1@${hostname()}` })).toBe(true);
  expect(isOrphan({ 'ctload.owner': `${process.pid}.1@elsewhere` })).toBe(false);
  expect(isOrphan({})).toBe(false);
});
