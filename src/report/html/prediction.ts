import type { RunReport } from '../../model/result/report.ts';
import { kneeLines } from '../facts/knees.ts';
import { QUANTITIES } from '../facts/prediction.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { dataTable } from './table.ts';

/** What the scenario predicts and what was measured. */
export function prediction({ summary }: RunReport): Markup {
  const rows = summary.prediction.flatMap(({ quantity, predicted: expected, measured, difference }) => {
    if (expected === null && measured === null) return [];
    const [name, show] = QUANTITIES[quantity];
    const text = (value: number | null) => (value === null ? '–' : show(value));
    const off = difference === null ? '–' : `${difference < 0 ? '−' : '+'}${show(Math.abs(difference))}`;
    return [[name, text(expected), text(measured), off]];
  });
  if (rows.length === 0) return NOTHING;
  return html`<section><h2>Predicted and measured</h2>
${dataTable('Predicted from the scenario vs. measured', ['quantity', 'predicted', 'measured', 'difference'], rows)}
${kneeLines(summary).map(([label, text]) => html`<p>${label}: ${text}.</p>`)}</section>`;
}
