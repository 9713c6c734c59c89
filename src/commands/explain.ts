import { CommanderError } from 'commander';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { printable } from '../platform/printable.ts';

/** Where commander writes its errors: they repeat what was typed. */
export const ERROR_OUTPUT = { writeErr: (text: string) => process.stderr.write(printable(text)) };

/** Prints an error once, in one form, and returns its exit code. Only bugs show a stack. */
export function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage; // commander has printed it
  if (error instanceof CtloadError) {
    const hint = error.hint === undefined ? '' : `hint: ${error.hint}\n`;
    process.stderr.write(printable(`error: ${error.message}\n${hint}`));
    return error.exitCode;
  }
  process.stderr.write(printable(`internal error, please report it:\n${error instanceof Error ? error.stack : error}\n`));
  return ExitCode.bug;
}
