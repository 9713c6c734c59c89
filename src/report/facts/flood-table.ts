import { count, milliseconds } from '../../model/format.ts';
import { isDatagrams } from '../../model/input/flood-kind.ts';
import type { FloodSummary } from '../../model/result/flood-summary.ts';
import type { Summary } from '../../model/result/summary.ts';
import { type Styler, table } from '../text/layout.ts';

export const FLOOD_HEADINGS = ['flood', 'kind', 'attempted', 'ok', 'failed', 'why', 'p50', 'p99', 'max'];

/**
 * One line per flood; the times are connect times (of udp and icmp floods: to the answer), and the first to go where the terminal is narrow.
 */
export function floodTable(summary: Summary, width: number, paint: Styler): string[] {
  return table([FLOOD_HEADINGS, ...Object.entries(summary.floods).map(([name, flood]) => floodCells(name, flood))], width, paint);
}

/** What stands under the headings. */
export function floodCells(name: string, flood: FloodSummary): string[] {
  const waited = flood.latencyMs[isDatagrams(flood.kind) ? 'waiting' : 'connecting'];
  const times = waited === undefined ? ['-', '-', '-'] : [waited.p50, waited.p99, waited.max].map(milliseconds);
  const causes = Object.entries(flood.failures).toSorted(([, a], [, b]) => b - a);
  return [
    name,
    flood.kind,
    count(flood.attempted),
    count(flood.succeeded),
    count(flood.failed),
    causes.map(([cause]) => cause).join(' ') || '-',
    ...times,
  ];
}
