import { spawn as nodeSpawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, searchPath } from './exec.ts';

/**
 * Runs `argv` with `chunks` as its stdin, at the speed it reads: however much there is, little of it is ever in memory.
 * @throws {CommandError} when the exit code is not 0.
 */
export async function feed(argv: readonly string[], chunks: Iterable<string>, signal: AbortSignal): Promise<void> {
  const [file = '', ...args] = argv;
  const child = nodeSpawn(file, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: `${searchPath()}` },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-8192);
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: null }));
    child.on('close', (code, ended) => resolve({ code, signal: ended }));
  });
  try {
    await pipeline(Readable.from(chunks), child.stdin, { signal });
  } catch (error) {
    if (signal.aborted) child.kill('SIGKILL');
    if (signal.aborted) throw error;
  } // else EPIPE: the exit code tells
  const exit = await exited;
  if (exit.code !== 0) throw new CommandError(argv.join(' '), { ...exit, stderr });
}
