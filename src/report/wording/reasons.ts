import type { Reason, ReasonCode, ReasonFigures } from '../../model/result/findings.ts';
import { GENERATOR } from './generator.ts';
import { OUTCOME } from './outcome.ts';
import { VALIDITY } from './validity.ts';

/** A sentence for every code. */
export type ReasonWording = { readonly [Code in ReasonCode]: (figures: ReasonFigures[Code]) => string };

const WORDING: ReasonWording = { ...VALIDITY, ...OUTCOME, ...GENERATOR };

/** One sentence. */
export function reasonText({ code, figures }: Reason): string {
  return (WORDING[code] as (figures: Reason['figures']) => string)(figures);
}
