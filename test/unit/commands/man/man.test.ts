import { expect, it } from 'vitest';
import { manual } from '../../../../src/commands/man/man.ts';
import { wholeProgram } from '../../../fixtures/program.ts';

const program = await wholeProgram();
const page = manual(program, '1.2.3');

it('describes every command with its flags and examples', () => {
  for (const command of program.commands) {
    const [, section = ''] = page.split(`.SH "CTLOAD ${command.name().toUpperCase()}"\n`);
    for (const { long } of command.options) expect(section, command.name()).toContain(long?.replaceAll('-', '\\-'));
    expect(section).toContain('\n.nf\n');
  }
});

it('has no line that roff would take for a request that it does not know', () => {
  for (const line of page.trimEnd().split('\n')) expect(line).toMatch(/^(\.(TH|SH|B|TP|PP|br|nf|fi)\b.*|[^.'].*)$/);
});
