import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of ctload's package on this machine, with a slash at the end: the bench runs the sources from a folder further down. */
export const PACKAGE = `${packageAbove(dirname(fileURLToPath(import.meta.url)))}${sep}`;

function packageAbove(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, 'package.json')) || parent === folder ? folder : packageAbove(parent);
}
