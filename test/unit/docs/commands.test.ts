import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseLimit } from '../../../src/commands/compare/limits.ts';
import { loadAnyScenario, parseAnyScenario } from '../../../src/scenario/load.ts';
import { NOT_RUN } from '../../docs/not-run.ts';
import { BLOCKS, COMMANDS, ROOT } from '../../docs/pages.ts';
import { parseOnly, shellWords } from '../../fixtures/program.ts';

const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

/** The words after `ctload` in a command that calls it, `su … -c '…'` included. */
function ctloadWords(line: string): string[] | undefined {
  const inner = /^su nobody .* -c '(.*)'$/.exec(line)?.[1] ?? line;
  const [first, second, ...rest] = shellWords(inner);
  if (first === 'ctload') return [second ?? '', ...rest];
  return first === 'node' && second === 'dist/cli.js' ? rest : undefined;
}

/** The scenario files that the pages show, by the name in their first line. */
const SHOWN = new Map(
  BLOCKS.filter(({ language }) => language === 'yaml').flatMap(({ text }) => {
    const [, name] = /^# (\S+\.yaml)\n/.exec(text) ?? [];
    return name === undefined ? [] : [[name, text] as const];
  }),
);

/** Those of a pipeline that a page shows. */
const IN_YAML = BLOCKS.filter(({ language }) => language === 'yaml').flatMap(({ page, text }) =>
  [...text.matchAll(/^ +- (node dist\/cli\.js .*)$/gm)].map(([, line = '']) => ({ page, line })),
);

const ours = [...COMMANDS, ...IN_YAML].filter(({ line }) => ctloadWords(line) !== undefined);

describe('a documented command', () => {
  it.each(ours)('parses: $line', async ({ line }) => {
    const { verb, args, flags } = await parseOnly(ctloadWords(line) ?? []);
    const limits = (flags['maxRegression'] ?? []) as string[];
    for (const limit of limits) expect(() => parseLimit(limit)).not.toThrow();
    if (!['run', 'find', 'matrix', 'inspect', 'validate', 'plan'].includes(verb)) return;
    for (const file of args) {
      const inputs = { set: flags['set'] as string[], variables: {} };
      const shown = SHOWN.get(file);
      if (shown === undefined) loadAnyScenario(file, inputs);
      else parseAnyScenario(shown, file, inputs);
    }
  });

  it.each(COMMANDS.filter(({ line }) => line.startsWith('npm ')))('is a script that exists: $line', ({ line }) => {
    const [, verb, name = verb ?? ''] = /^npm (\w+)(?: --silent)?(?: (\S+))?/.exec(line) ?? [];
    if (verb === 'run') expect(Object.keys(SCRIPTS)).toContain(name);
    else expect(['test', 'install', 'pack']).toContain(verb);
  });

  it('is not carried out for a reason that some command has', () => {
    for (const pattern of Object.values(NOT_RUN).flat()) {
      expect(
        COMMANDS.some(({ line }) => pattern.test(line)),
        String(pattern),
      ).toBe(true);
    }
  });
});

describe('a block of YAML', () => {
  const blocks = BLOCKS.filter(({ language }) => language === 'yaml');
  it.each(blocks.map((block) => [block.page, block.text] as const))('%$ of %s is YAML', (_, text) => {
    const data = parse(text);
    if ('floods' in data) expect(() => parseAnyScenario(text, 'shown.yaml')).not.toThrow();
  });
});
