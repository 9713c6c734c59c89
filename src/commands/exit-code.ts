import type { FindReport } from '../model/result/find.ts';
import type { Summary } from '../model/result/summary.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** The exit code of a run that left a summary: an aborted or invalid run says nothing about its thresholds. */
export function exitCodeOf({ verdict, thresholds }: Pick<Summary, 'verdict' | 'thresholds'>, interrupted: boolean): ExitCode {
  if (interrupted) return ExitCode.aborted;
  if (verdict.validity !== 'valid') return ExitCode.generatorBound;
  return thresholds.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.thresholds;
}

/** The exit code of one or more searches: 0 only if all of them converged. */
export function exitCodeOfSearches(searches: readonly Pick<FindReport, 'outcome'>[]): ExitCode {
  const outcomes = searches.map(({ outcome }) => outcome);
  if (outcomes.includes('aborted')) return ExitCode.aborted;
  return outcomes.every((outcome) => outcome === 'converged') ? ExitCode.ok : ExitCode.notConverged;
}
