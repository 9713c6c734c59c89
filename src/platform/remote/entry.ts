import { fileURLToPath } from 'node:url';

/**
 * The command that runs one of ctload's own process entry points, e.g. `entry('processes/agent')`.
 * Always the built file, so that it is the same from `dist` and from the tests, which run the sources.
 */
export function entry(module: string, ...args: readonly string[]): string[] {
  const root = new URL('../../../dist/', import.meta.url);
  return [process.execPath, fileURLToPath(new URL(`${module}.js`, root)), ...args];
}
