import type { Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import type { Shell } from './shells.ts';
import { wordsOf } from './words.ts';
import { zshCompletion } from './zsh.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/**
 * The completion script of a shell for every command of `program`. It holds all words, so that a press of TAB starts no Node
 * process, which is what the libraries for this do (omelette, tabtab, @bomb.sh/tab).
 */
export function completion(shell: Shell, program: Command): string {
  return SCRIPTS[shell](wordsOf(program));
}
