import { CtloadError } from '../../src/platform/errors.ts';
import { ExitCode } from '../../src/platform/exit-codes.ts';

/** Aborted by the first signal; what runs then ends by itself, in seconds, and everything is taken down. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const reason = new CtloadError('interrupted', { exitCode: ExitCode.aborted });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort(reason));
  return controller.signal;
}

/** Says on stderr what ended the program, and sets its exit code. */
export function tell(error: unknown): void {
  const hint = error instanceof CtloadError && error.hint !== undefined ? `\nhint: ${error.hint}` : '';
  process.stderr.write(
    `error: ${error instanceof CtloadError ? error.message : error instanceof Error ? error.stack : error}${hint}\n`,
  );
  process.exitCode = error instanceof CtloadError ? error.exitCode : ExitCode.bug;
}
