import type { JudgedCause } from '../../model/result/summary.ts';
import { FAILURE_CAUSES } from '../../model/timeline/attempt.ts';
import type { AttributedLosses } from './attribution.ts';
import { type EvidenceInputs, evidenceOf } from './evidence.ts';

/** Every failed or delayed attempt under one cause, each with the figures it rests on, the most frequent first. */
export function causesOf({ failed: failures, delayed: delays }: AttributedLosses, inputs: EvidenceInputs): JudgedCause[] {
  const counted = FAILURE_CAUSES.map((cause) => ({ cause, failed: failures[cause] ?? 0, delayed: delays[cause] ?? 0 }));
  const all = counted.reduce((sum, { failed, delayed }) => sum + failed + delayed, 0);
  return counted
    .map(({ cause, failed, delayed }) => ({ cause, failed, delayed, count: failed + delayed }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map((item) => ({ ...item, share: item.count / all, evidence: evidenceOf(item.cause, inputs) }));
}
