import type { Reason } from '../../model/result/findings.ts';
import { BOUNDS } from './bounds.ts';
import { GENERATOR } from './generator.ts';
import { OUTCOME } from './outcome.ts';
import type { ReasonWording } from './reason-wording.ts';
import { VALIDITY } from './validity.ts';

const WORDING: ReasonWording = { ...VALIDITY, ...BOUNDS, ...OUTCOME, ...GENERATOR };

/** One sentence. */
export function reasonText({ code, figures }: Reason): string {
  return (WORDING[code] as (figures: Reason['figures']) => string)(figures);
}
