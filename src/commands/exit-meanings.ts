import { ExitCode } from '../platform/exit-codes.ts';

interface Meaning {
  /** For one line of the help; null where a user need not know it. */
  readonly short: string | null;
  readonly long: string;
}

/** What the help, the manual page and results/README.md say of each exit code. */
export const EXIT_MEANINGS: ReadonlyMap<ExitCode, Meaning> = new Map([
  [ExitCode.ok, { short: 'finished', long: 'finished, valid, thresholds passed (finding a breaking point is success)' }],
  [ExitCode.bug, { short: null, long: 'a bug in ctload (stack shown)' }],
  [ExitCode.usage, { short: 'usage', long: 'usage' }],
  [ExitCode.thresholds, { short: 'threshold failed', long: 'a threshold failed; `plan --require`: not met' }],
  [ExitCode.setup, { short: 'lab', long: 'the lab could not be set up' }],
  [ExitCode.teardown, { short: 'teardown', long: 'teardown incomplete (what is left is listed)' }],
  [ExitCode.invalidScenario, { short: 'scenario', long: 'invalid scenario' }],
  [ExitCode.aborted, { short: 'aborted', long: 'aborted by a signal, report written' }],
  [
    ExitCode.generatorBound,
    {
      short: 'invalid run',
      long: 'invalid run: the generator was the limit, or the result is inconclusive or only a bound (the reasons are in the report); `plan --verify`: not confirmed; `diagnose`: cannot tell',
    },
  ],
  [ExitCode.hostUnfit, { short: 'host cannot run it', long: 'this host cannot run it (the remedy is named)' }],
  [
    ExitCode.notConverged,
    {
      short: 'no answer found',
      long: 'no answer found: `find` was doomed (with the reason), timed out, or its `--budget` left the bracket open',
    },
  ],
  [ExitCode.regression, { short: 'regression', long: '`compare`: a figure got worse by more than its limit' }],
]);

/** `Exit codes: 0 finished, 2 usage, …` */
export function exitCodeLine(): string {
  const parts = [...EXIT_MEANINGS].flatMap(([code, { short }]) => (short === null ? [] : [`${code} ${short}`]));
  return `Exit codes: ${parts.join(', ')}.`;
}
