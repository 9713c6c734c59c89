import type { Judgement, Summary } from '../../model/result/summary.ts';
import { evidenceText } from './evidence.ts';
import { reasonText } from './reasons.ts';

/** Puts a judgement into words; its keys keep their order. */
export function summaryInWords(judgement: Judgement): Summary {
  const { reasons, ...verdict } = judgement.verdict;
  return {
    ...judgement,
    verdict: { ...verdict, reasons: reasons.map(reasonText), reasonCodes: reasons.map(({ code }) => code) },
    attribution: judgement.attribution.map((cause) => ({ ...cause, evidence: evidenceText(cause.evidence) })),
  };
}
