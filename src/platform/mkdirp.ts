import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from './errors.ts';

/**
 * Makes `folder` and those above it, as `mkdir -p` does. (mkdirSync's `recursive` never returns where a folder takes no new
 * ones and says ENOENT, as /proc does.)
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
