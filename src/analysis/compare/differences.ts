import type { ComparedRun, Difference, Objection } from '../../model/result/comparison.ts';
import { allows, isHarmless, isInArea, type Settings, settingsOf } from './settings.ts';

export interface Unfair {
  /** What keeps the two sides from being compared. */
  readonly objections: readonly Objection[];
  /** What to allow to have them compared all the same; empty when that is no way out. */
  readonly allow: readonly string[];
}

/**
 * What is not the same on both sides, or why they cannot be compared. `allowed` are keys, or areas of keys, that may differ.
 */
export function findDifferences(
  base: readonly ComparedRun[],
  candidate: readonly ComparedRun[],
  allowed: readonly string[],
): readonly Difference[] | Unfair {
  const bare = [...base, ...candidate].some(({ scenario }) => scenario === null);
  const settings = (runs: readonly ComparedRun[]) => runs.map((run) => (bare ? withHash(run) : settingsOf(run)));
  const [ofBase, ofCandidate] = [settings(base), settings(candidate)];
  const mixed = [...mixedKeys('BASE', ofBase), ...mixedKeys('CANDIDATE', ofCandidate)];
  if (mixed.length > 0) return { objections: mixed, allow: [] };

  const [left, right] = [ofBase[0] ?? {}, ofCandidate[0] ?? {}];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const unknown = allowed.filter((area) => !keys.some((key) => isInArea(area, key)));
  if (unknown.length > 0) {
    return { objections: unknown.map((area) => ({ code: 'unknown-setting', area })), allow: [] };
  }
  const differences = keys
    .filter((key) => left[key] !== right[key])
    .map((key) => ({ key, base: left[key] ?? null, candidate: right[key] ?? null, allowed: !isHarmless(key) }));
  const refused = differences.filter((one) => one.allowed && !allowed.some((area) => allows(area, one.key)));
  if (refused.length === 0) return differences;
  const follows = ({ key }: Difference) => refused.some((other) => other.key !== key && allows(other.key, key));
  return {
    objections: refused.map(({ key, base: left, candidate: right }) => ({
      code: 'different',
      key,
      base: left,
      candidate: right,
    })),
    allow: refused.filter((one) => !follows(one)).map(({ key }) => key),
  };
}

/** Runs of one side are repeats of each other. */
function mixedKeys(side: 'BASE' | 'CANDIDATE', runs: readonly Settings[]): Objection[] {
  const keys = [...new Set(runs.flatMap((settings) => Object.keys(settings)))].filter((key) => !isHarmless(key));
  return keys.flatMap((key) => {
    const values = [...new Set(runs.map((settings) => settings[key] ?? null))];
    return values.length === 1 ? [] : [{ code: 'mixed', side, key, values }];
  });
}

/** Without the scenario's text on both sides its hash has to do. */
function withHash(run: ComparedRun): Settings {
  return { ...settingsOf({ ...run, scenario: null }), scenario: run.summary.scenario.sha256.slice(0, 12) };
}
