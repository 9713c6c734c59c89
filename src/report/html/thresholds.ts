import type { RunReport } from '../../model/result/report.ts';
import { metricText } from '../wording/threshold.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { dataTable } from './table.ts';

/** Every threshold, whether it held, and what was observed. */
export function thresholds({ summary }: RunReport): Markup {
  if (summary.thresholds.length === 0) return NOTHING;
  const rows = summary.thresholds.map(({ metric, expression, ok, observed }) => [
    metric,
    expression,
    ok ? 'ok' : 'failed',
    observed === null ? 'no sample' : metricText(metric, observed),
  ]);
  return html`<section><h2>Thresholds</h2>${dataTable('Pass criteria of the scenario', ['metric', 'expression', 'result', 'observed'], rows)}</section>`;
}
