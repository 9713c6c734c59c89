import type { Summary } from '../../model/result/summary.ts';
import { alertLines } from './alert-rules.ts';
import { causeLines } from './causes.ts';
import { clientLines } from './clients.ts';
import { familyLine } from './families.ts';
import { gatewayLines } from './gateways.ts';
import { machineLine, stateLine } from './host-load.ts';
import { ipvsLine } from './ipvs.ts';
import { kneeLines } from './knees.ts';
import { methodLines } from './method.ts';
import { nodeExporterLine } from './node-exporter.ts';
import { nodeLines } from './nodes.ts';
import { predictionLines } from './prediction.ts';
import { proxyLine } from './proxy.ts';
import { actionLines, recoveryLine } from './recovery.ts';
import { ruleLine } from './rules.ts';

/** What the report says of a run after its headline: a label and a text each; no label continues the one before. */
export function facts(summary: Summary): [label: string, text: string][] {
  return [
    ...clientLines(summary),
    ...gatewayLines(summary),
    ...nodeLines(summary),
    ...causeLines(summary),
    ...ipvsLine(summary),
    ...ruleLine(summary),
    ...proxyLine(summary),
    ...actionLines(summary),
    ...recoveryLine(summary),
    ...machineLine(summary),
    ...stateLine(summary),
    ...familyLine(summary),
    ...nodeExporterLine(summary),
    ...alertLines(summary),
    ...kneeLines(summary),
    ...predictionLines(summary),
    ...methodLines(summary),
  ];
}
