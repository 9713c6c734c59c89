import { spawn as nodeSpawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { within } from './clock.ts';
import { CommandError, type Exit, endGroup, searchPath } from './exec.ts';
import { tailOf } from './tail.ts';

/** Seconds from the end of its input to the end of the command, which may have all of its work to do then. */
const LAST_SECONDS = 120;

/**
 * Runs `argv` with `chunks` as its stdin, at the speed at which it reads: little of the input is in memory at any time.
 * @throws {CommandError} when the exit code is not 0, or it does not end; an AbortError when `signal` ended it; what `chunks` throws.
 */
export async function pipeInto(argv: readonly string[], chunks: Iterable<string>, signal: AbortSignal): Promise<void> {
  const [file = '', ...args] = argv;
  const child = nodeSpawn(file, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: searchPath() },
  });
  const stderr = tailOf(child.stderr);
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', (error) => resolve({ code: 127, signal: null, stderr: error.message }));
    child.on('close', (code, ended) => resolve({ code, signal: ended, stderr: stderr() }));
  });
  let broken: unknown;
  const given = function* () {
    try {
      yield* chunks;
    } catch (error) {
      broken = error;
      throw error;
    }
  };
  try {
    await pipeline(Readable.from(given()), child.stdin, { signal });
  } catch (error) {
    if (signal.aborted || error === broken) {
      endGroup(child.pid, 'SIGKILL');
      throw error;
    }
    child.stdin.destroy(); // EPIPE: the exit code shows it
  }
  const end = () => endGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  const inTime = await within(exited, LAST_SECONDS);
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (!inTime) {
    end();
    throw new CommandError(argv.join(' '), { code: null, signal: null, stderr: '' }, `did not finish within ${LAST_SECONDS} s`);
  }
  const exit = await exited;
  if (exit.code !== 0) throw new CommandError(argv.join(' '), exit);
}
