import { ExitCode } from './exit-codes.ts';

export interface ErrorFacets {
  /** What the user can do about it, one sentence. */
  readonly hint?: string;
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/** An error the user can act on: printed as message and hint, without a stack, with its exit code. */
export class CtloadError extends Error {
  override readonly name = 'CtloadError';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, facets: ErrorFacets = {}) {
    super(message, facets.cause === undefined ? undefined : { cause: facets.cause });
    this.hint = facets.hint;
    this.exitCode = facets.exitCode ?? ExitCode.setup;
  }
}

/** An error of the command line or of a file named there: exit 2. */
export function usageError(message: string, hint?: string, cause?: unknown): CtloadError {
  return new CtloadError(message, { ...(hint === undefined ? {} : { hint }), exitCode: ExitCode.usage, cause });
}

/** @throws {CtloadError} exit 105, with `hint`, once `signal` is aborted: there is no report then. */
export function throwIfAborted(signal: AbortSignal, hint?: string): void {
  if (!signal.aborted) return;
  throw new CtloadError('aborted by a signal', { ...(hint === undefined ? {} : { hint }), exitCode: ExitCode.aborted });
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same without what Node adds to errors of the file system: `no such file or directory`, for a message that names the file. */
export function reasonOf(error: unknown): string {
  const [, reason] = /^E[A-Z0-9]+: (.*?), [a-z]+(?: '.*')?$/s.exec(messageOf(error)) ?? [];
  return errnoOf(error) === 'EISDIR' ? 'it is a folder' : (reason ?? messageOf(error));
}

/** The errno name (`ENOENT`, `ECONNREFUSED`, …) of a Node system error, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
