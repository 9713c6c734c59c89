import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completion } from '../../../../src/commands/completion/completion.ts';
import { SHELLS } from '../../../../src/commands/completion/shells.ts';
import { shippedNames } from '../../../../src/scenario/shipped.ts';
import { wholeProgram } from '../../../fixtures/program.ts';

const program = await wholeProgram();

/** What bash offers for the last of `words` (the first is `ctload`). */
function offered(...words: readonly string[]): string[] {
  const script = `${completion('bash', program)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ctload; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  return out.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  it.each<[words: string[], offers: readonly string[]]>([
    [
      ['ctload', 'comp'],
      ['compare', 'completion'],
    ],
    [['ctload', 'run', 'bur'], ['burst']],
    [['ctload', 'run', 'burst', '--outp'], ['--output']],
    [
      ['ctload', 'run', 'burst', '--driver', ''],
      ['auto', 'netns', 'docker', 'external'],
    ],
    [['ctload', 'run', 'burst', '--set', ''], []],
    [['ctload', 'run', 'burst', '-o', 'scenari'], ['scenarios']],
    [['ctload', 'compare', 'resul'], ['results']],
    [['ctload', 'completion', ''], SHELLS],
    [['ctload', 'clean', ''], []],
  ])('of %j', (words, offers) => {
    expect(offered(...words)).toEqual(offers);
  });

  it('offers every command, and every shipped scenario', () => {
    expect(offered('ctload', '')).toEqual(expect.arrayContaining(program.commands.map((command) => command.name())));
    expect(offered('ctload', 'run', '')).toEqual(expect.arrayContaining(shippedNames()));
  });
});

it.each(SHELLS)('the script for %s names every command and every flag', (shell) => {
  const script = completion(shell, program);
  for (const command of program.commands) {
    expect(script).toContain(command.name());
    for (const { long } of command.options)
      expect(script, `${command.name()} ${long}`).toMatch(new RegExp(`(?:-l |--)${long?.slice(2)}\\b`));
  }
});
