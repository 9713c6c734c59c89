import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importClosure } from '../../../../src/lab/docker/import-closure.ts';
import { isOrphan, ownLabels } from '../../../../src/lab/docker/labels.ts';
import { contentHash, IN_IMAGE, packageContent } from '../../../../src/lab/docker/package-content.ts';
import { programCommand } from '../../../../src/platform/program.ts';

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

test('an import closure follows every form of import, and names packages once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-closure-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('main.js', "import { a } from './a.js';\nimport 'node:fs';\nimport x, { y } from '@scope/p/deep.js';\n");
  write('a.js', "export * from './b.js';\nimport {\n  c,\n} from './c.js';\nconst text = \"import x from './nowhere.js'\";\n");
  write('b.js', "const ws = require('ws');\nexport const load = () => import('./c.js');\nimport './main.js';\n");
  write('c.js', "export const c = 1;\nimport '@scope/p';\n");
  const { files, packages } = importClosure([join(folder, 'main.js')]);
  expect([...files].sort()).toEqual(['a.js', 'b.js', 'c.js', 'main.js'].map((name) => join(folder, name)));
  expect([...packages].sort()).toEqual(['@scope/p', 'ws']);
  rmSync(folder, { recursive: true });
});

test("the image holds ctload's programs and what they import, and nothing else of it", () => {
  const names = [...packageContent().keys()];
  const own = names.filter((name) => name.startsWith('dist/'));
  const programs = ['agent', 'backend', 'entries', 'guardian', 'proxy', 'sampler', 'states'];
  expect(own.filter((name) => name.startsWith('dist/processes/')).sort()).toEqual(
    programs.map((name) => `dist/processes/${name}.js`),
  );
  expect(own).toEqual(expect.arrayContaining(['dist/load/agent/agent-loop.js', 'dist/lab/lease/guardian.js']));
  const elsewhere = /^dist\/(session|scenario|commands|report|analysis|timeline|sizing|cli|lab\/(netns|docker|dataplane))/;
  expect(own.filter((name) => elsewhere.test(name))).toEqual([]);
  const packages = new Set(names.flatMap((name) => /^node_modules\/([^/]+)\/package\.json$/.exec(name)?.[1] ?? []));
  expect([...packages]).toEqual(expect.arrayContaining(['hdr-histogram-js', 'undici', 'ws']));
  expect(packages).not.toContain('dockerode');
});

test('only objects whose owner on this machine is gone are orphans', () => {
  expect(isOrphan(ownLabels('r'))).toBe(false);
  expect(isOrphan({ 'ctload.owner': `${process.pid}.1@${hostname()}` })).toBe(true);
  expect(isOrphan({ 'ctload.owner': `${process.pid}.1@elsewhere` })).toBe(false);
  expect(isOrphan({})).toBe(false);
});
