import type { CompletedCommand, CompletedOption, Value } from './words.ts';

/** A script for fish, for a file in `~/.config/fish/completions`. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  return [
    '# fish completion for ctload, written by: ctload completion fish',
    'complete -c ctload -f',
    ...commands.map(
      ({ name, description }) => `complete -c ctload -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap(({ name, options, argument }) => [
      ...(argument === undefined ? [] : [`${within(name)}${values(argument)}`]),
      ...options.map((option) => `${within(name)}${flag(option)}`),
    ]),
    '',
  ].join('\n');
}

function within(command: string): string {
  return `complete -c ctload -n '__fish_seen_subcommand_from ${command}'`;
}

function flag({ long, short, description, value }: CompletedOption): string {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)} -d ${quoted(description)}`;
  return value === undefined ? names : `${names} ${value.path === undefined ? '-x' : '-r'}${values(value)}`;
}

function values({ words, path }: Value): string {
  const list = words.length === 0 ? '' : ` -a ${quoted(words.join(' '))}`;
  if (path === 'folder') return `${list} -a '(__fish_complete_directories)'`;
  return path === undefined ? list : `${list} -F`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, (sign) => `\\${sign}`)}'`;
}
