import { type FindReport, isAnswered } from '../model/result/find.ts';
import type { Summary } from '../model/result/summary.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** The exit code of a run that left a summary: an aborted or invalid run says nothing about its thresholds. */
export function exitCodeOf({ verdict, thresholds }: Pick<Summary, 'verdict' | 'thresholds'>, interrupted: boolean): ExitCode {
  if (interrupted) return ExitCode.aborted;
  if (verdict.validity !== 'valid') return ExitCode.generatorBound;
  return thresholds.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.thresholds;
}

/** The exit code of one or more searches: 0 only if all of them have what was asked for. */
export function exitCodeOfSearches(searches: readonly Pick<FindReport, 'outcome' | 'bracket'>[]): ExitCode {
  if (searches.some(({ outcome }) => outcome === 'aborted')) return ExitCode.aborted;
  return searches.every(isAnswered) ? ExitCode.ok : ExitCode.notConverged;
}

/** The exit code of several runs: an abort outranks an invalid run, which outranks a failed threshold. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const ranked: readonly ExitCode[] = [ExitCode.aborted, ExitCode.generatorBound];
  return ranked.find((code) => codes.includes(code)) ?? codes.find((code) => code !== ExitCode.ok) ?? ExitCode.ok;
}
