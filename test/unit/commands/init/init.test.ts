import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { init } from '../../../../src/commands/init/init.ts';
import { loadAnyScenario } from '../../../../src/scenario/load.ts';
import { scenarioFileMeant, shippedNames } from '../../../../src/scenario/shipped.ts';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-init-'));
  process.chdir(folder);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

it.each(shippedNames())('writes a copy of %s that loads as the shipped one does', (name) => {
  init(name);
  const copy = loadAnyScenario(`${name}.yaml`);
  expect(copy.resolved).toBe(loadAnyScenario(name).resolved);
  expect(readFileSync(`${name}.yaml`, 'utf8')).toMatch(/^# [A-Z]/);
});

it('does not overwrite', () => {
  init('burst');
  expect(() => init('burst')).toThrow('burst.yaml already exists');
});

it('takes any other name for a file', () => {
  init('mine');
  expect(existsSync('mine')).toBe(true);
  expect(scenarioFileMeant('mine')).toBe('mine');
});

it('a file in the folder comes before a shipped scenario of that name', () => {
  expect(scenarioFileMeant('smoke')).not.toBe('smoke');
  init('./smoke');
  expect(scenarioFileMeant('smoke')).toBe('smoke');
  expect(scenarioFileMeant('../smoke')).toBe('../smoke');
});

it('names the shipped scenarios when there is none of that name', () => {
  expect(() => loadAnyScenario('brust')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('burst, dataplanes, dns, ') }),
  );
});
