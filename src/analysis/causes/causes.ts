import type { Attribution } from '../../model/result/summary.ts';
import { FAILURE_CAUSES } from '../../model/timeline/attempt.ts';
import { attribute, attributeDelays } from './attribution.ts';
import { evidenceOf, type Findings } from './evidence.ts';

/** Every failed or delayed attempt under one cause, each with the figures it rests on, the most frequent first. */
export function causesOf(findings: Findings): Attribution[] {
  const { log, evidence } = findings;
  const failures = attribute(log.loads, evidence);
  const delays = attributeDelays(log.loads, evidence);
  const counted = FAILURE_CAUSES.map((cause) => ({ cause, failed: failures[cause] ?? 0, delayed: delays[cause] ?? 0 }));
  const all = counted.reduce((sum, { failed, delayed }) => sum + failed + delayed, 0);
  return counted
    .map(({ cause, failed, delayed }) => ({ cause, failed, delayed, count: failed + delayed }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map((item) => ({ ...item, share: item.count / all, evidence: evidenceOf(item.cause, findings) }));
}
