import type { Argument, Command, Option } from 'commander';
import { shippedNames } from '../../scenario/shipped.ts';

/** What can stand somewhere on the command line: one of some words, a path, or text of which nothing is known. */
export interface Value {
  readonly words: readonly string[];
  /** `scenario`: a file, or one of `words`, which are the shipped scenarios */
  readonly path: 'file' | 'folder' | 'scenario' | undefined;
}

/** Flags whose values the scenario's schema checks, not the command line. */
const WORDS: Readonly<Record<string, readonly string[]>> = { '--driver': ['auto', 'netns', 'docker', 'external'] };

export interface CompletedOption {
  /** `--output` */
  readonly long: string;
  /** `-o` */
  readonly short: string | undefined;
  readonly description: string;
  /** undefined for a flag without a value */
  readonly value: Value | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments are; undefined when it takes none. */
  readonly argument: Value | undefined;
}

/** The commands of `program` with their flags, as a completion script needs them. */
export function wordsOf(program: Command): CompletedCommand[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(completedOption),
    argument: command.registeredArguments[0] && argumentValue(command.registeredArguments[0]),
  }));
}

function completedOption(option: Option): CompletedOption {
  const { long, short, description, argChoices, required, optional } = option;
  const words = argChoices ?? WORDS[long ?? ''] ?? [];
  const path = pathIn(/<(.*)>/.exec(option.flags)?.[1] ?? '');
  const value = required || optional ? { words, path } : undefined;
  return { long: long ?? option.flags, short, description, value };
}

/** @param name `file`, `dir`, `file|key=value`: the placeholder in the help */
function pathIn(name: string): Value['path'] {
  if (name === 'dir') return 'folder';
  return /^file\b/.test(name) ? 'file' : undefined;
}

function argumentValue(argument: Argument): Value | undefined {
  if (argument.argChoices !== undefined) return { words: argument.argChoices, path: undefined };
  const folder = ['dir', 'base', 'candidate'].includes(argument.name());
  return folder ? { words: [], path: 'folder' } : { words: shippedNames(), path: 'scenario' };
}
