import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file atomically: a reader sees the old content or the new, never a part, even if this process is killed meanwhile.
 * With `durable` the new content also survives a crash of the machine. The temporary file next to it is `<path>.<pid>.tmp`.
 * @throws errors of open(2), write(2), fsync(2) and rename(2).
 */
export function atomicWrite(path: string, text: string, { durable = false }: { readonly durable?: boolean } = {}): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text, { mode: 0o644, flush: durable });
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
