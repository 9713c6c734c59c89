import type { Summary } from '../model/summary.ts';
import { ExitCode } from '../platform/exit-codes.ts';

/** How a run that left a summary ends ctload: an aborted or invalid run says nothing about its thresholds. */
export function exitCodeOf({ verdict, thresholds }: Pick<Summary, 'verdict' | 'thresholds'>, interrupted: boolean): ExitCode {
  if (interrupted) return ExitCode.aborted;
  if (verdict.validity !== 'valid') return ExitCode.generatorBound;
  return thresholds.every(({ ok }) => ok) ? ExitCode.ok : ExitCode.thresholds;
}
