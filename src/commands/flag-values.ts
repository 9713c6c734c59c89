import { Argument, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../model/suggest.ts';

/** The parser of a repeatable flag: its values, in the order given. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** The parser of an option or argument that is one of `choices`: refuses any other, with the choice that was most likely meant. */
function among(choices: readonly string[]): (value: string) => string {
  return (value) => {
    if (choices.includes(value)) return value;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}${didYouMean(value, choices) || '.'}`);
  };
}

export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).argParser(among(choices));
}

export function choiceArgument(name: string, description: string, choices: readonly string[]): Argument {
  return new Argument(name, description).choices(choices).argParser(among(choices));
}

/** A run takes seconds at least, and the report of all runs is made in memory. */
const MOST_REPEATS = 1000;

/** The parser of `--repeat`. @throws {InvalidArgumentError} unless `text` is a whole number from 1 to MOST_REPEATS. */
export function repeats(text: string): number {
  const number = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MOST_REPEATS) throw new InvalidArgumentError(`expected a whole number from 1 to ${MOST_REPEATS}`);
  return number;
}
