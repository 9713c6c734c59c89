import { shippedNames } from '../../scenario/shipped.ts';
import type { CompletedCommand, CompletedOption, Value } from './words.ts';

/** A script for zsh, for a file `_ctload` in a folder of `$fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef ctload
# zsh completion for ctload, written by: ctload completion zsh
_ctload_scenario() {
  _alternative 'shipped:shipped scenario:(${shippedNames().join(' ')})' 'files:file:_files'
}
_ctload() {
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${escaped(description)}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(branch).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _ctload "$@"
else
  compdef _ctload ctload
fi
`;
}

function branch({ name, options, argument }: CompletedCommand): string {
  const specs = [...options.flatMap(optionSpecs), ...(argument === undefined ? [] : [`*:${name}:${action(argument)}`])];
  return `    ${name})\n      _arguments \\\n${specs.map((spec) => `        ${quoted(spec)}`).join(' \\\n')} ;;`;
}

/** One for each spelling; all may be repeated, as some of ctload's may. */
function optionSpecs({ long, short, description, value }: CompletedOption): string[] {
  const what = value === undefined ? '' : `:${long.slice(2)}:${action(value)}`;
  return [...(short === undefined ? [] : [short]), long].map((name) => `*${name}[${escaped(description)}]${what}`);
}

function action({ words, path }: Value): string {
  if (path === 'scenario') return '_ctload_scenario';
  if (path !== undefined) return path === 'folder' ? '_files -/' : '_files';
  return words.length === 0 ? ' ' : `(${words.join(' ')})`;
}

/** Text in a specification, whose own signs are colons and brackets. */
function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
