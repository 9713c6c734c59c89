import { Cleanup } from '../platform/cleanup.ts';
import { CtloadError, messageOf, throwIfAborted } from '../platform/errors.ts';
import { CommandError, interruptible } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Lab, LabHosts, LabInProgress, LabOptions } from './lab.ts';

/** A driver's lab, half built: its hosts, and how it is finished. */
export interface RaisedHosts {
  readonly hosts: LabHosts;
  finish(): Promise<Lab>;
}

/**
 * Runs a driver's two steps, the first of which makes the hosts. When one fails, everything they had put on `cleanup` is undone.
 * @throws {CtloadError} what a step threw, or exit 100 when a command failed, 105 when `signal` ended it; so does `ready`.
 */
export async function buildLab(
  { log, signal }: Pick<LabOptions, 'log' | 'signal'>,
  raise: (cleanup: Cleanup) => Promise<RaisedHosts>,
): Promise<LabInProgress> {
  const cleanup = new Cleanup();
  const undo = async (error: unknown): Promise<never> => {
    await cleanup[Symbol.asyncDispose]().catch((left) => log.warn(messageOf(left)));
    throwIfAborted(signal);
    throw error instanceof CommandError
      ? new CtloadError(`the lab could not be set up: ${error.message}`, { cause: error })
      : error;
  };
  const raised = await interruptible(signal, () => raise(cleanup)).catch(undo);
  const ready = interruptible(signal, () => raised.finish()).catch(undo);
  ready.catch(() => {}); // the caller may not await it yet
  return { hosts: raised.hosts, ready };
}

/** Disposes of `cleanup`. @throws {CtloadError} exit 101 naming what is left. */
export async function undoBuild(cleanup: Cleanup, hint = 'repair with: ctload clean'): Promise<void> {
  try {
    await cleanup[Symbol.asyncDispose]();
  } catch (cause) {
    throw new CtloadError(`teardown incomplete: ${messageOf(cause)}`, {
      hint,
      exitCode: ExitCode.teardown,
      cause,
    });
  }
}
