import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Bytes. Arguments name scenarios, plans, configuration files. */
const LARGEST = 50_000_000;

const ALWAYS = /^(CTLOAD_\w+|NO_COLOR|FORCE_COLOR|COLUMNS|TERM)$/;

/**
 * Files that the arguments of a command line name (`FILE`, `--flag FILE`, `--flag=FILE`), and those that scenarios among them name,
 * as rules of the gateway; absolute paths.
 */
export function carriedFiles(args: readonly string[]): string[] {
  const named = args.flatMap((arg) => [arg, ...(arg.startsWith('--') ? [arg.slice(arg.indexOf('=') + 1)] : [])]);
  const files = named.map((name) => resolve(name)).filter(isFile);
  return [...new Set([...files, ...files.filter((file) => /\.ya?ml$/.test(file)).flatMap(filesIn)])];
}

function filesIn(scenario: string): string[] {
  const words = readFileSync(scenario, 'utf8').match(/[^\s'"{},]+/g) ?? [];
  return words.map((word) => resolve(dirname(scenario), word)).filter(isFile);
}

function isFile(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  return file?.isFile() === true && file.size <= LARGEST;
}

/** What a command line may use of `environment`: ctload's own variables, and those that `files` name as `${NAME}`. */
export function carriedEnvironment(
  files: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const named = new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\$\{(\w+)/g)].map(([, name]) => name)));
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && (ALWAYS.test(name) || named.has(name)) ? [[name, value] as const] : [],
    ),
  );
}
