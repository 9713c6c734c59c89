import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from './package.ts';

/** ctload's version, from package.json. */
export const VERSION: string = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version;
