import { spawn } from 'node:child_process';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, type Exit, searchPath } from '../../../platform/exec.ts';
import { tailOf } from '../../../platform/tail.ts';

/** What `packed` and `unpack` need. */
export const TAR = 'tar';

/** An archive of `paths`, relative to `folder`, as root's; what links point to, not the links. */
export function packed(folder: string, paths: readonly string[]): Readable {
  const args = ['--create', '--dereference', '--owner=0', '--group=0', '--numeric-owner', '--directory', folder, '--', ...paths];
  const tar = start(args, 'pipe');
  const archive = new PassThrough();
  tar.stdout?.pipe(archive, { end: false }); // its exit code says whether it is complete
  ended(tar, args).then(
    () => archive.end(),
    (error) => archive.destroy(error),
  );
  return archive;
}

/** Writes the files of an archive below `folder`, as this user's. @throws {CommandError} when that fails. */
export async function unpack(archive: NodeJS.ReadableStream, folder: string): Promise<void> {
  const args = ['--extract', '--no-same-owner', '--directory', folder];
  const tar = start(args, 'ignore');
  const done = ended(tar, args);
  if (tar.stdin !== null) await pipeline(archive, tar.stdin).catch(() => {}); // its exit code shows what was wrong
  await done;
}

function start(args: readonly string[], stdout: 'pipe' | 'ignore') {
  return spawn(TAR, args, { stdio: ['pipe', stdout, 'pipe'], env: { ...process.env, PATH: searchPath() } });
}

async function ended(tar: ReturnType<typeof start>, args: readonly string[]): Promise<void> {
  const stderr = tar.stderr === null ? () => '' : tailOf(tar.stderr);
  const exit = await new Promise<Exit>((resolve) => {
    tar.on('error', (error) => resolve({ code: 127, signal: null, stderr: error.message }));
    tar.on('close', (code, signal) => resolve({ code, signal, stderr: stderr() }));
  });
  if (exit.code !== 0) throw new CommandError([TAR, ...args].join(' '), exit);
}
