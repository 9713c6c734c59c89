import { InvalidArgumentError } from 'commander';

/** The parser of a repeatable flag: its values, in the order given. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** @throws {InvalidArgumentError} unless `text` is a whole number, at least 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('expected a whole number, at least 1');
  return Number(text);
}
