import { parseExpression } from '../../model/input/threshold.ts';
import type { TrialWhy } from '../../model/result/campaign/search-end.ts';
import type { Decider } from '../../model/result/find.ts';
import type { Reason, ReasonCode } from '../../model/result/findings.ts';
import type { Judgement } from '../../model/result/summary.ts';
import type { Strain } from './curves.ts';
import type { TrialOutcome } from './search.ts';

/** What a trial says of its value, why, and what decided it. */
export interface TrialJudgement {
  readonly kind: TrialOutcome['kind'];
  readonly why: TrialWhy;
  readonly decided: Decider;
  /** Of a trial that held or broke, how near its limits it came, where it went on long enough to tell. */
  readonly strains?: readonly Strain[];
}

/** Why a table may have broken that would not have without ballast. */
const BREAKS_SOONER = { 'ballast-delays-expiry': true, 'ballast-prevents-eviction': true } satisfies Partial<
  Record<Reason['code'], true>
>;

/** Something else changed the table during the run: its drops are then no answer. */
const INTERFERENCE: ReadonlySet<ReasonCode> = new Set([
  'capacity-changed',
  'entries-vanished',
  'synthetic-entries-missing',
  'settings-changed',
]);

/**
 * A value holds when the run held, validly, and no threshold failed. It breaks when the gateway's table dropped (and no other
 * one) or a threshold failed, also one that stopped the load. A generator at its limit says nothing of the gateway, nor do drops that ballast may have
 * caused: a search by ballast proves what holds, not what breaks.
 */
export function judgeTrial({
  verdict,
  conntrack,
  thresholds,
  breakingPoint,
}: Pick<Judgement, 'verdict' | 'conntrack' | 'thresholds' | 'breakingPoint'>): TrialJudgement {
  const [why = { code: 'none' } as const] = verdict.reasons;
  if (verdict.validity === 'generator-bound') return { kind: 'out-of-reach', why, decided: by('generator') };
  if (verdict.reasons.some(({ code }) => INTERFERENCE.has(code))) return { kind: 'unclear', why, decided: by('evidence') };
  const elsewhere = Object.values(conntrack.otherTables).some(({ drop }) => drop > 0);
  const sooner = verdict.reasons.find(({ code }) => code in BREAKS_SOONER);
  if (sooner !== undefined) return { kind: 'out-of-reach', why: sooner, decided: by('evidence') };
  if (verdict.kind === 'broke' || (conntrack.drop > 0 && !elsewhere)) {
    return { kind: 'broke', why, decided: by('table'), strains: lateBreak(breakingPoint, conntrack) };
  }
  const strains = stopped(thresholds) ? [] : [...tableStrain(conntrack), ...thresholds.flatMap(thresholdStrain)];
  const failed = thresholds.find(({ ok }) => !ok);
  const endedEarly = verdict.kind === 'inconclusive' && verdict.validity === 'valid';
  if (verdict.kind !== 'held' && !(endedEarly && failed !== undefined)) return { kind: 'unclear', why, decided: by('evidence') };
  if (failed === undefined) return { kind: 'held', why, decided: by('table'), strains };
  const { metric, expression, observed } = failed;
  return {
    kind: 'broke',
    why: { code: 'threshold-failed', metric, expression },
    decided: { by: 'threshold', threshold: { metric, expression, observed } },
    strains,
  };
}

function by(what: Exclude<Decider['by'], 'threshold'>): Decider {
  return { by: what, threshold: null };
}

const stopped = (thresholds: Judgement['thresholds']) => thresholds.some(({ stoppedAtSeconds }) => stoppedAtSeconds !== null);

/** So many times as many connections as the table has places came before it broke late: most entries had gone again by then. */
const TURNOVER = 3;

/**
 * A table that breaks late had nearly room for as many entries as come and go at this value: the limit is just below it. One that
 * broke while it filled up says nothing of how many would have been there in the end.
 */
function lateBreak(point: Judgement['breakingPoint'], { effectiveMax }: Judgement['conntrack']): Strain[] {
  const came = point === null ? 0 : point.offeredRate * point.atSeconds;
  return came >= TURNOVER * effectiveMax ? [{ of: 'table', ratio: 1 }] : [];
}

/** None of a full table that holds, because it evicts flows for which nobody waits: how full it is does not say when it breaks. */
function tableStrain({ peakEntries, effectiveMax }: Judgement['conntrack']): Strain[] {
  return peakEntries < effectiveMax ? [{ of: 'table', ratio: peakEntries / effectiveMax }] : [];
}

/** Of a threshold that a rising value fails: a bound from above, other than 0. */
function thresholdStrain({ metric, expression, observed }: Judgement['thresholds'][number]): Strain[] {
  const limit = upperLimit(expression);
  return limit === undefined || observed === null ? [] : [{ of: `${metric} ${expression}`, ratio: observed / limit }];
}

/** The limit of `max<0.5`; undefined for one that does not bound from above, or at 0. */
export function upperLimit(expression: string): number | undefined {
  const parsed = parseExpression(expression);
  const bounds = typeof parsed !== 'string' && (parsed.operator === '<' || parsed.operator === '<=') && parsed.limit > 0;
  return bounds ? parsed.limit : undefined;
}
