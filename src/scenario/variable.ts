import { parse } from 'yaml';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { LoadedScenario } from './load.ts';

/** A numeric key of a scenario that can be varied. */
export interface Variable {
  /** Dotted path. */
  readonly path: string;
  /** Its value in the scenario; undefined when it has none. */
  readonly value: number | undefined;
  /** Whether only whole numbers are valid. */
  readonly whole: boolean;
}

/**
 * Examines the key at `path`. `load` reads the scenario with further `path=value` overrides.
 * @throws {CtloadError} exit 104 when the key exists and is not a number.
 */
export function variableAt(path: string, load: (overrides: readonly string[]) => LoadedScenario): Variable {
  const value = path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], parse(load([]).resolved));
  if (value !== undefined && value !== null && typeof value !== 'number') {
    throw new CtloadError(
      `find.variable: ${path} is ${typeof value === 'object' ? 'a map or list' : JSON.stringify(value)}, not a number`,
      {
        hint: 'name a key with a number, e.g. floods.<name>.rate',
        exitCode: ExitCode.invalidScenario,
      },
    );
  }
  return {
    path,
    value: typeof value === 'number' ? value : undefined,
    whole: !isValid(load, `${path}=${Math.floor(value ?? 1) + 0.5}`),
  };
}

function isValid(load: (overrides: readonly string[]) => LoadedScenario, override: string): boolean {
  try {
    load([override]);
    return true;
  } catch (error) {
    if (error instanceof CtloadError) return false;
    throw error;
  }
}
