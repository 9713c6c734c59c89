import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../docs/pages.ts';
import { parseOnly, shellWords } from '../../fixtures/program.ts';

const FOLDER = join(ROOT, '.github');
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => /\.ya?ml$/.test(path));
const textOf = (path: string) => readFileSync(join(FOLDER, path), 'utf8');

describe.each(FILES)('.github/%s', (path) => {
  it('is YAML', () => {
    expect(parse(textOf(path))).toBeTypeOf('object');
  });

  it('names the actions of others by commit, with their version', () => {
    for (const [, action = ''] of textOf(path).matchAll(/uses: (.*)/g)) {
      if (!action.startsWith('./')) expect(action).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it('calls ctload as its parser takes it', async () => {
    const joined = textOf(path)
      .replace(/>-\n\s+/g, '')
      .replace(/\n\s+(?=--)/g, ' ')
      .replace(/ \$\{\{ matrix\.driver \}\}/g, ' netns');
    for (const [, words = ''] of joined.matchAll(/node dist\/cli\.js (.*)/g))
      await expect(parseOnly(shellWords(words))).resolves.toBeDefined();
  });
});

it.each(readdirSync(join(FOLDER, 'ISSUE_TEMPLATE')).filter((file) => file !== 'config.yml'))(
  'the form %s asks for what ctload doctor says',
  (file) => {
    const form = parse(textOf(`ISSUE_TEMPLATE/${file}`));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String), body: expect.any(Array) });
    expect(form.body.map((field: { id?: string }) => field.id)).toContain('doctor');
  },
);

it('tests every Node that package.json allows, from the oldest', () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { matrix } = parse(textOf('workflows/ci.yml')).jobs.node.strategy;
  expect(engines.node).toMatch(new RegExp(`^>=${matrix.node[0]}\\.`));
  expect(matrix.node.at(-1)).toBe('current');
});

describe('the notes of a release', () => {
  const notes = (...args: string[]) =>
    execFileSync(process.execPath, [join(ROOT, '.ci/release-notes.mjs'), ...args], { encoding: 'utf8', stdio: 'pipe' });

  it('are what is not released, for a dry run', () => {
    expect(notes()).toMatch(/^### Added\n/);
  });

  it('are refused for a tag that is not the version of package.json', () => {
    expect(() => notes('v999.0.0')).toThrow(/the tag is v999\.0\.0/);
  });
});
