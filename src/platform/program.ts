import { join } from 'node:path';
import { PACKAGE } from './package.ts';

/** ctload's own programs: each is the file of that name in src/processes. */
export type ProgramName =
  | 'agent'
  | 'backend'
  | 'proxy'
  | 'sampler'
  | 'states'
  | 'exporter'
  | 'guardian'
  | 'entries'
  | 'guest'
  | 'pod'
  | 'limit'
  | 'machine';

/** Where Node.js and ctload's package are on a host. */
export interface Installation {
  readonly node: string;
  /** Flags of Node.js. */
  readonly flags?: readonly string[];
  readonly root: string;
}

/** Those of this process. */
const OWN: Installation = { node: process.execPath, root: PACKAGE };

/** The command that starts a program: always the built file, so that it is the same from `dist` and from tests, which run the sources. */
export function programCommand(
  name: ProgramName,
  args: readonly string[] = [],
  { node, flags = [], root }: Installation = OWN,
): string[] {
  return [node, ...flags, join(root, 'dist/processes', `${name}.js`), ...args];
}
