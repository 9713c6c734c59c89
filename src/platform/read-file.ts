import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { errnoOf } from './errors.ts';

/**
 * Opens a file that another user may have put there. Only a regular one: a pipe would keep its reader waiting, and to open a
 * device may do something. And no link but one's own: root would show what its owner may not read.
 * @throws {Error} saying what it is instead; errors of stat(2) and open(2).
 */
export function openRegular(path: string): number {
  const link = lstatSync(path);
  if (link.isSymbolicLink() && link.uid !== process.geteuid?.()) throw new Error('it is a link of another user');
  requireRegular(statSync(path));
  const unfollowed = link.isSymbolicLink() ? 0 : constants.O_NOFOLLOW;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | unfollowed);
  try {
    requireRegular(fstatSync(fd)); // it may be another by now
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function requireRegular(file: ReturnType<typeof statSync>): void {
  if (file?.isDirectory()) throw new Error('it is a folder');
  if (!file?.isFile()) throw new Error('it is not a regular file');
}

/** The text of such a file of at most `most` bytes. @throws {Error} as openRegular, and for a larger one. */
export function readRegular(path: string, most: number): string {
  const fd = openRegular(path);
  try {
    return readAtMost(fd, most);
  } finally {
    closeSync(fd);
  }
}

/** The same; null when there is none. */
export function readRegularIfAny(path: string, most: number): string | null {
  try {
    return readRegular(path, most);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const BLOCK = 64 * 1024;

/**
 * All that can be read from `fd`, be it a file, a pipe or a terminal.
 * @throws {Error} when it is more than `most` bytes; errors of read(2).
 */
export function readAtMost(fd: number, most: number): string {
  const blocks: Buffer[] = [];
  for (let size = 0; ; ) {
    const block = Buffer.allocUnsafe(Math.min(BLOCK, most - size + 1));
    const got = readSync(fd, block, 0, block.length, null);
    if (got === 0) return Buffer.concat(blocks).toString('utf8');
    size += got;
    if (size > most) throw new Error(`it is larger than ${sizeText(most)}`);
    blocks.push(block.subarray(0, got));
  }
}

function sizeText(bytes: number): string {
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 1024} KiB`;
}
