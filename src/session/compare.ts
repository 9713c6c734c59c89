import { compareSides, isValid } from '../analysis/compare/compare.ts';
import { compareMany } from '../analysis/compare/compare-many.ts';
import { findDifferences } from '../analysis/compare/differences.ts';
import {
  type ComparedRun,
  type Comparison,
  type Comparisons,
  PORTABLE,
  type RegressionLimit,
} from '../model/result/comparison.ts';
import { CtloadError } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { objectionText } from '../report/wording/objections.ts';
import { readRuns } from './results/read-runs.ts';

export interface CompareRequest {
  readonly base: string;
  readonly candidate: string;
  readonly limits: readonly RegressionLimit[];
  /** Dotted keys, or areas of keys, in which the sides may differ. */
  readonly allowDifferent: readonly string[];
}

/**
 * Compares the runs in two folders.
 * @throws {CtloadError} exit 2 when they cannot be read or compared, or a limit is on something that cannot have one.
 */
export function compareFolders({ base, candidate, limits, allowDifferent }: CompareRequest): Comparison {
  const [left, right] = [readValid(base), readValid(candidate)];
  const found = findDifferences(left.valid, right.valid, allowDifferent);
  if ('objections' in found) {
    throw new CtloadError(
      `${base} and ${candidate} cannot be compared:\n${found.objections.map((objection) => `  ${objectionText(objection)}`).join('\n')}`,
      {
        hint:
          found.allow.length === 0
            ? 'a side is one run, or several of the same scenario on the same machine'
            : `where the difference is the point, allow it: ${found.allow.map((key) => `--allow-different ${key}`).join(' ')}`,
        exitCode: ExitCode.usage,
      },
    );
  }
  const comparison = compareSides({ folder: base, runs: left.runs }, { folder: candidate, runs: right.runs }, found, limits);
  checkLimits(comparison, limits);
  return comparison;
}

/**
 * Compares the runs in several folders with those in the first of them.
 * @throws {CtloadError} as compareFolders
 */
export function compareManyFolders({
  candidates,
  ...request
}: Omit<CompareRequest, 'candidate'> & { readonly candidates: readonly [string, ...string[]] }): Comparisons {
  const [first, ...others] = candidates;
  const compared = (candidate: string) => compareFolders({ ...request, candidate });
  return compareMany([compared(first), ...others.map(compared)]);
}

function readValid(folder: string): { runs: readonly ComparedRun[]; valid: readonly ComparedRun[] } {
  const runs = readRuns(folder);
  const valid = runs.filter(isValid);
  if (valid.length > 0) return { runs, valid };
  const [first] = runs;
  if (runs.some(({ summary }) => summary.verdict.bound !== null)) {
    throw new CtloadError(
      `${folder} has no exact breaking point, only a bound (${first?.summary.verdict.bound}): ${first?.summary.verdict.reasons[0]}`,
      { hint: 'only valid runs can be compared; as root, use --set gateway.conntrack.method=sysctl', exitCode: ExitCode.usage },
    );
  }
  throw new CtloadError(`${folder} holds no valid run: ${first?.summary.verdict.reasons.join(' ')}`, {
    hint: 'only valid runs can be compared',
    exitCode: ExitCode.usage,
  });
}

/** A limit that judges nothing would let everything pass. */
function checkLimits({ figures }: Comparison, limits: readonly RegressionLimit[]): void {
  const usage = (message: string, hint: string) => new CtloadError(message, { hint, exitCode: ExitCode.usage });
  for (const { metric, aggregation } of limits) {
    const figure = figures.find(
      (one) => one.limit !== null && one.metric === metric && one.aggregation === (aggregation ?? one.aggregation),
    );
    const name = `--max-regression ${metric}${aggregation === undefined ? '' : ` ${aggregation}`}`;
    if (figure === undefined || figure.base === null) {
      const names = figures.map((one) => one.name).join(', ');
      throw usage(`${name}: not present in the BASE runs`, `they have ${names}`);
    }
    if (figure.candidate === null) throw usage(`${name}: not present in the CANDIDATE runs`, 'see their summary.json');
    if (!figure.comparable) {
      throw usage(
        `${name}: machine-dependent, and the two sides ran on different machines`,
        `across machines, limits can be set on ${[...PORTABLE].join(', ')}`,
      );
    }
  }
}
