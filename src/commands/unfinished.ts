import { ExitCode } from '../platform/exit-codes.ts';

/**
 * Node ends a process with exit code 0 once nothing is left that could settle what `work` waits for. This makes it an error: what
 * a command was waiting for was lost without a word, and what it had made is still there.
 */
export function neverEndUnfinished(work: Promise<unknown>): void {
  const unfinished = () => {
    process.stderr.write(
      'internal error, please report it: ctload ended before its work was done, because what it waited for is gone\n' +
        'hint: remove what it left with: ctload clean\n',
    );
    process.exitCode ||= ExitCode.bug;
  };
  process.on('exit', unfinished);
  void work.finally(() => process.off('exit', unfinished));
}
