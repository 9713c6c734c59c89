import type { TrialWhy } from '../../model/result/findings.ts';
import type { Judgement } from '../../model/result/summary.ts';
import type { TrialOutcome } from './search.ts';

/** What a trial says of its value, and why. */
export interface TrialJudgement {
  readonly kind: TrialOutcome['kind'];
  readonly why: TrialWhy;
}

/**
 * A value holds when the run held, validly, and no threshold failed. It breaks when the gateway's table dropped (and no other
 * one) or a threshold failed. A generator at its limit says nothing of the gateway.
 */
export function judgeTrial({
  verdict,
  conntrack,
  thresholds,
}: Pick<Judgement, 'verdict' | 'conntrack' | 'thresholds'>): TrialJudgement {
  const [why = { code: 'none' } as const] = verdict.reasons;
  if (verdict.validity === 'generator-bound') return { kind: 'out-of-reach', why };
  const elsewhere = Object.values(conntrack.otherTables).some(({ drop }) => drop > 0);
  if (verdict.kind === 'broke' || (conntrack.drop > 0 && !elsewhere)) return { kind: 'broke', why };
  if (verdict.kind !== 'held') return { kind: 'unclear', why };
  const failed = thresholds.find(({ ok }) => !ok);
  return failed === undefined
    ? { kind: 'held', why }
    : { kind: 'broke', why: { code: 'threshold-failed', metric: failed.metric, expression: failed.expression } };
}
