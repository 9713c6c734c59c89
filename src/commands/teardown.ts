import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** The error for a run whose lab was not removed completely: exit 101, thrown after the reports are written. */
export function teardownError(cause: unknown): CtloadError {
  if (cause instanceof CtloadError && cause.exitCode === ExitCode.teardown) return cause;
  return new CtloadError(`teardown incomplete: ${messageOf(cause)}`, {
    hint: 'run `ctload clean`',
    exitCode: ExitCode.teardown,
    cause,
  });
}
