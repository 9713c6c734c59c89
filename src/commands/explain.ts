import { CommanderError } from 'commander';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { printable } from '../platform/printable.ts';

/** Where commander writes its errors: they repeat what was typed. */
export const ERROR_OUTPUT = { writeErr: (text: string) => process.stderr.write(printable(text)) };

/** Prints an error once, in one form, and returns its exit code. Only bugs show a stack. */
export function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage; // commander has printed it
  process.stderr.write(printable(`${error instanceof CtloadError ? 'error: ' : ''}${explanation(error)}\n`));
  return exitCodeOfError(error);
}

/** What is printed of an error: message and hint, or of a bug the stack. */
export function explanation(error: unknown): string {
  if (error instanceof CtloadError) return error.hint === undefined ? error.message : `${error.message}\nhint: ${error.hint}`;
  return `internal error, please report it:\n${error instanceof Error ? error.stack : error}`;
}

export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof CtloadError ? error.exitCode : ExitCode.bug;
}
