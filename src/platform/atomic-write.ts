import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/**
 * Replaces a file atomically: a reader sees the old content or the new, never a part, even if this process is killed meanwhile.
 * With `durable` the new content also survives a crash of the machine. The temporary file next to it is
 * `<path>.<pid>.<random>.tmp`, always a new file: in a folder of another user a link could stand there, and root would write
 * through it.
 * @throws errors of open(2), write(2), fsync(2) and rename(2).
 */
export function atomicWrite(path: string, text: string, { durable = false }: { readonly durable?: boolean } = {}): void {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  const fd = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644);
  try {
    try {
      writeFileSync(fd, text);
      if (durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  if (!durable) return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
