import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errors.ts';

/**
 * Makes `folder` and its parents, as `mkdir -p` does. (mkdirSync's `recursive` never returns below a folder that accepts no new
 * ones and answers ENOENT, such as /proc.)
 * @throws errors of mkdir(2).
 */
export function mkdirp(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST' && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    const above = dirname(folder);
    if (errno !== 'ENOENT' || existsSync(above)) throw error;
    mkdirp(above);
    mkdirSync(folder);
  }
}
