import type { Command, Help } from 'commander';
import { EXAMPLES } from '../examples.ts';
import { EXIT_MEANINGS } from '../exit-meanings.ts';

/** The manual page ctload(1) in roff, from the commands of `program`. */
export function manual(program: Command, version: string): string {
  const help = program.createHelp();
  return `${[
    `.TH CTLOAD 1 "" ${quoted(`ctload ${version}`)} "User Commands"`,
    '.SH NAME',
    'ctload \\- reproduce Linux conntrack exhaustion on a gateway',
    '.SH SYNOPSIS',
    ...help.visibleCommands(program).flatMap((command) => ['.B', text(`ctload ${help.subcommandTerm(command)}`), '.br']),
    '.SH DESCRIPTION',
    text(program.description()),
    ...help.visibleCommands(program).flatMap((command) => section(command, help)),
    '.SH EXIT STATUS',
    ...[...EXIT_MEANINGS].flatMap(([code, { long }]) => ['.TP', `.B ${code}`, text(long)]),
    '.SH ENVIRONMENT',
    ...Object.entries(ENVIRONMENT).flatMap(([name, meaning]) => ['.TP', `.B ${name}`, text(meaning)]),
  ].join('\n')}\n`;
}

const ENVIRONMENT = {
  CTLOAD_DRIVER: 'as --driver; a flag takes precedence',
  CTLOAD_SET: 'assignments as for --set; a flag takes precedence',
  NO_COLOR: 'plain text',
};

function section(command: Command, help: Help): string[] {
  const options = help.visibleOptions(command);
  return [
    `.SH ${quoted(`ctload ${command.name()}`.toUpperCase())}`,
    text(sentence(command.description())),
    ...options.flatMap((option) => ['.TP', `.B ${text(help.optionTerm(option))}`, text(help.optionDescription(option))]),
    ...(EXAMPLES[command.name()] ?? []).flatMap(([line, what]) => [
      '.PP',
      text(sentence(what)),
      '.PP',
      '.nf',
      text(`    ${line}`),
      '.fi',
    ]),
  ];
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** Text that roff takes as it is: a leading dot or quote would be a request, a hyphen would be typeset. */
function text(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}

function quoted(words: string): string {
  return `"${text(words)}"`;
}
