import { closeSync, openSync } from 'node:fs';
import { readAtMost } from '../../platform/read-file.ts';

const LARGEST = 2 ** 20; // bytes; a ConfigMap cannot be larger

/**
 * The text of a file that a flag names, at most 1 MiB. `-` is stdin; it may be a pipe, as a shell's `<(kubectl …)` is one.
 * @throws errors of open(2) and read(2), and one for a larger file.
 */
export function readGiven(file: string): string {
  const fd = file === '-' ? 0 : openSync(file, 'r');
  try {
    return readAtMost(fd, LARGEST);
  } finally {
    if (fd !== 0) closeSync(fd);
  }
}
