import { errnoOf, reasonOf } from './errors.ts';
import { ExitCode } from './exit-codes.ts';

/**
 * Handles failed writes to stdout and stderr. A reader that leaves early, as `head` does, must not end a run; any other reason
 * why stdout takes no more is printed once, and makes an exit code of 0 that of a usage error.
 */
export function watchOutputStreams(): void {
  process.stderr.on('error', () => {}); // no stream is left to report it on
  let reported = false;
  process.stdout.on('error', (error) => {
    if (reported || errnoOf(error) === 'EPIPE') return;
    reported = true;
    process.stderr.write(
      `error: cannot write to stdout: ${reasonOf(error)}\nhint: redirect it to a file system with free space, or to a pipe\n`,
    );
    process.on('exit', () => {
      process.exitCode ||= ExitCode.usage; // a code that says more stays
    });
  });
}
