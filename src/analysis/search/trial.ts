import type { Summary } from '../../model/result/summary.ts';
import type { TrialOutcome } from './search.ts';

/** What a trial says of its value, with the sentence to show for it. */
export interface TrialJudgement {
  readonly kind: TrialOutcome['kind'];
  readonly why: string;
}

/**
 * A value holds when the run held, validly, and no threshold failed. It breaks when the gateway's table dropped (and no other
 * one) or a threshold failed. A generator at its limit says nothing of the gateway.
 */
export function judgeTrial({ verdict, conntrack, thresholds }: Summary): TrialJudgement {
  const why = verdict.reasons[0] ?? '';
  if (verdict.validity === 'generator-bound') return { kind: 'out-of-reach', why };
  const elsewhere = Object.values(conntrack.otherTables).some(({ drop }) => drop > 0);
  if (verdict.kind === 'broke' || (conntrack.drop > 0 && !elsewhere)) return { kind: 'broke', why };
  if (verdict.kind !== 'held') return { kind: 'unclear', why };
  const failed = thresholds.find(({ ok }) => !ok);
  return failed === undefined
    ? { kind: 'held', why }
    : { kind: 'broke', why: `Threshold failed: ${failed.metric} ${failed.expression}.` };
}
