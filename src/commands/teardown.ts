import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** What is thrown when a run is over and its lab has not gone whole: exit 101, after the reports were written. */
export function teardownError(cause: unknown): CtloadError {
  if (cause instanceof CtloadError && cause.exitCode === ExitCode.teardown) return cause;
  return new CtloadError(`teardown incomplete: ${messageOf(cause)}`, {
    hint: 'run `ctload clean`',
    exitCode: ExitCode.teardown,
    cause,
  });
}
