import type { FindRepeatReport, FindReport } from '../../model/result/find.ts';
import type { RepeatReport } from '../../model/result/repeat.ts';
import type { Summary } from '../../model/result/summary.ts';
import { spreadOf } from '../statistics/spread.ts';

export interface RepeatedRun {
  readonly folder: string;
  readonly summary: Summary;
  readonly exitCode: number;
}

/** Median and spread of the breaking points of several runs of one scenario. Only valid ones are counted. */
export function summarizeRepeats(runs: readonly RepeatedRun[]): RepeatReport {
  const points = runs.flatMap(({ summary }) => (summary.verdict.validity === 'valid' ? (summary.breakingPoint ?? []) : []));
  const entries = spreadOf(points.map((point) => point.entries));
  const offeredRate = spreadOf(points.map((point) => point.offeredRate));
  const atSeconds = spreadOf(points.map((point) => point.atSeconds));
  const all = entries !== undefined && offeredRate !== undefined && atSeconds !== undefined;
  return {
    schema: 'ctload/repeat@1',
    runs: runs.map(({ folder, summary, exitCode }) => ({
      folder,
      verdict: summary.verdict.kind,
      validity: summary.verdict.validity,
      exitCode,
      entries: summary.breakingPoint?.entries ?? null,
      offeredRate: summary.breakingPoint?.offeredRate ?? null,
      atSeconds: summary.breakingPoint?.atSeconds ?? null,
    })),
    breakingPoint: all ? { entries, offeredRate, atSeconds } : null,
  };
}

/** Median and spread of the answers of several searches in one scenario. */
export function summarizeSearches(searches: readonly FindReport[]): FindRepeatReport {
  return {
    schema: 'ctload/find-repeat@1',
    searches: searches.map(({ outcome, answer, durationSeconds }) => ({ outcome, answer, seconds: durationSeconds })),
    spread: spreadOf(searches.flatMap(({ answer }) => answer ?? [])) ?? null,
  };
}
