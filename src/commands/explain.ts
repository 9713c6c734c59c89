import { CommanderError } from 'commander';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** Prints an error once, in one form, and returns its exit code. Only bugs show a stack. */
export function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage; // commander has printed it
  if (error instanceof CtloadError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`);
    return error.exitCode;
  }
  process.stderr.write(`internal error, please report it:\n${error instanceof Error ? error.stack : error}\n`);
  return ExitCode.bug;
}
