import type { FindReport } from '../model/result/find.ts';
import type { Summary } from '../model/result/summary.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** How a run that left a summary ends ctload: an aborted or invalid run says nothing about its thresholds. */
export function exitCodeOf({ verdict, thresholds }: Pick<Summary, 'verdict' | 'thresholds'>, interrupted: boolean): ExitCode {
  if (interrupted) return ExitCode.aborted;
  if (verdict.validity !== 'valid') return ExitCode.generatorBound;
  return thresholds.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.thresholds;
}

/** How searches end ctload: all of them have to converge. */
export function exitCodeOfSearches(searches: readonly Pick<FindReport, 'outcome'>[]): ExitCode {
  const outcomes = searches.map(({ outcome }) => outcome);
  if (outcomes.includes('aborted')) return ExitCode.aborted;
  return outcomes.every((outcome) => outcome === 'converged') ? ExitCode.ok : ExitCode.notConverged;
}
