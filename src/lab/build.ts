import { Cleanup } from '../platform/cleanup.ts';
import { CtloadError, messageOf, throwIfAborted } from '../platform/errors.ts';
import { CommandError } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Lab, LabOptions } from './lab.ts';

/**
 * Runs a driver's `build`; when that fails, everything it had put on `cleanup` is undone.
 * @throws {CtloadError} what `build` threw, or exit 100 when a command failed, 105 when `signal` ended it.
 */
export async function buildLab(
  options: LabOptions,
  build: (options: LabOptions, cleanup: Cleanup) => Promise<Lab>,
): Promise<Lab> {
  const cleanup = new Cleanup();
  try {
    return await build(options, cleanup);
  } catch (error) {
    await cleanup[Symbol.asyncDispose]().catch((left) => options.log.warn(messageOf(left)));
    throwIfAborted(options.signal);
    throw error instanceof CommandError
      ? new CtloadError(`the lab could not be set up: ${error.message}`, { cause: error })
      : error;
  }
}

/** Disposes of `cleanup`. @throws {CtloadError} exit 101 naming what is left. */
export async function undoBuild(cleanup: Cleanup): Promise<void> {
  try {
    await cleanup[Symbol.asyncDispose]();
  } catch (cause) {
    throw new CtloadError(`teardown incomplete: ${messageOf(cause)}`, {
      hint: 'repair with: ctload clean',
      exitCode: ExitCode.teardown,
      cause,
    });
  }
}
