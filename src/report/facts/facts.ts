import type { Summary } from '../../model/result/summary.ts';
import { causeLines } from './causes.ts';
import { clientLines } from './clients.ts';
import { machineLine, stateLine } from './host-load.ts';
import { kneeLines } from './knees.ts';
import { methodLines } from './method.ts';
import { predictionLines } from './prediction.ts';

/** What the report says of a run after its headline: a label and a text each; no label continues the one before. */
export function facts(summary: Summary): [label: string, text: string][] {
  return [
    ...clientLines(summary),
    ...causeLines(summary),
    ...machineLine(summary),
    ...stateLine(summary),
    ...kneeLines(summary),
    ...predictionLines(summary),
    ...methodLines(summary),
  ];
}
