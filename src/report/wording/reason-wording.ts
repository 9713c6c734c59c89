import type { ReasonCode, ReasonFigures } from '../../model/result/findings.ts';

/** A sentence for every code. */
export type ReasonWording = { readonly [Code in ReasonCode]: (figures: ReasonFigures[Code]) => string };
