import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../../src/commands/examples.ts';
import { EXIT_MEANINGS } from '../../../src/commands/exit-meanings.ts';
import { ExitCode } from '../../../src/platform/exit-codes.ts';
import { parseOnly, shellWords, wholeProgram } from '../../fixtures/program.ts';

const program = await wholeProgram();
const commands = program.commands.map((command) => command.name());

describe('--help', () => {
  it('has every command under a group', () => {
    const help = program.helpInformation();
    expect(help).not.toContain('\nCommands:');
    const [, ...groups] = help.split(/\n(?=[A-Z][^\n]*:\n)/);
    for (const name of [...commands, 'help']) {
      expect(
        groups.filter((group) => group.includes(`\n  ${name} `) || group.includes(`\n  ${name}\n`)),
        name,
      ).toHaveLength(1);
    }
  });

  it.each(commands)('of %s shows its examples', (name) => {
    const command = program.commands.find((one) => one.name() === name);
    const examples = EXAMPLES[name] ?? [];
    expect(examples).not.toEqual([]);
    for (const [line] of examples) expect(command?.helpInformation()).toContain(`\n  ${line}\n`);
  });

  it('leaves out defaults that say nothing', () => {
    for (const command of program.commands) expect(command.helpInformation()).not.toMatch(/default: (false|\[\]|\{\})/);
  });
});

it.each(Object.entries(EXAMPLES).flatMap(([name, examples]) => examples.map(([line]) => [name, line] as const)))(
  'the example of %s parses: %s',
  async (name, line) => {
    const [first, ...words] = shellWords(line);
    expect(first).toBe('ctload');
    const { verb } = await parseOnly(words);
    if (name !== 'ctload') expect(verb).toBe(name);
  },
);

it('says what each exit code means', () => {
  expect([...EXIT_MEANINGS.keys()]).toEqual(Object.values(ExitCode));
});

it('refuses what the CLI refuses', async () => {
  await expect(parseOnly(['run', 'burst', '--repeat', '0'])).rejects.toThrow(/whole number/);
});
