import type { Command } from 'commander';
import type { ExitCode } from '../platform/exit-codes.ts';

/** What a command gets of the process that it runs in. */
export interface Invocation {
  /** The whole command line, `process.argv`. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Which streams get colour. Known once the command line is parsed. */
  color(): { readonly stdout: boolean; readonly stderr: boolean };
  /** Sets the exit code of the process. */
  exit(code: ExitCode): void;
}

/**
 * Adds a command and its flags to `program`: what every `commands/<verb>/command.ts` exports as `declare`. Only its action
 * imports the code that carries the command out, because loading all of ctload takes longer than building a lab.
 */
export type Declare = (program: Command, invocation: Invocation) => void;
