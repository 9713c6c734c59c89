import type { CompletedCommand, CompletedOption, Value } from './words.ts';

/** A script for bash, with or without the package bash-completion. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# bash completion for ctload, written by: ctload completion bash
_ctload() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${commands.map(branch).join('\n')}
  esac
}
complete -o bashdefault -F _ctload ctload
`;
}

function branch({ name, options, argument }: CompletedCommand): string {
  const namesOf = ({ long, short }: CompletedOption) => [...(short === undefined ? [] : [short]), long].join(' | ');
  const free = options.filter(({ value }) => value !== undefined && reply(value) === NOTHING).map(namesOf);
  const values = [
    ...(free.length === 0 ? [] : [`        ${free.join(' | ')}) return ;;`]),
    ...options.flatMap((option) => {
      const known = option.value === undefined ? NOTHING : reply(option.value);
      return known === NOTHING ? [] : [`        ${namesOf(option)}) ${known}; return ;;`];
    }),
  ];
  return `    ${name})
${values.length === 0 ? '' : `      case $previous in\n${values.join('\n')}\n      esac\n`}      case $cur in
        -*) COMPREPLY=($(compgen -W '${options.map(({ long }) => long).join(' ')}' -- "$cur")) ;;
        *) ${argument === undefined ? NOTHING : reply(argument)} ;;
      esac ;;`;
}

const NOTHING = ':';

function reply({ words, path }: Value): string {
  const kinds = [
    ...(words.length === 0 ? [] : [`-W '${words.join(' ')}'`]),
    ...(path === undefined ? [] : [path === 'folder' ? '-d' : '-f']),
  ];
  if (kinds.length === 0) return NOTHING;
  const paths = path === undefined ? '' : 'compopt -o filenames 2>/dev/null; ';
  return `${paths}COMPREPLY=($(compgen ${kinds.join(' ')} -- "$cur"))`;
}
