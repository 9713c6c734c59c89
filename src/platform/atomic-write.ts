import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file whole: whoever reads it, and whatever ends this process meanwhile, meets the old one or the new one, never half
 * of it. With `durable` it also outlives the machine. The draft beside it is called `<path>.<pid>.tmp`.
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
