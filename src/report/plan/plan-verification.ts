import { count, percent } from '../../model/format.ts';
import type { Verification } from '../../model/result/plan.ts';
import type { Section } from '../document/document.ts';

/** Predicted against measured, for the plan's own load on a real kernel. */
export function verificationSection({ folder, max, buckets, rateScale, rows, notes, ok }: Verification): Section {
  const cells = rows.map(({ quantity, predicted, measured, deviation, ok: good, explanation }) => [
    quantity,
    figure(predicted),
    figure(measured),
    deviation === null ? '-' : `${deviation >= 0 ? '+' : '−'}${percent(Math.abs(deviation))}`,
    good ? 'ok' : (explanation ?? 'differs'),
  ]);
  return {
    heading: `Verification: ${ok ? 'the model holds on this kernel' : 'the model does not hold on this kernel'}`,
    blocks: [
      {
        kind: 'text',
        text: `The same load scaled by ${Number(rateScale.toPrecision(3))}, against a table of ${count(max)} entries in ${count(buckets)} buckets: ${folder}`,
      },
      { kind: 'table', rows: [['quantity', 'predicted', 'measured', 'deviation', ''], ...cells] },
      ...(notes.length === 0 ? [] : [{ kind: 'list', items: notes } as const]),
    ],
  };
}

function figure(value: number | null): string {
  if (value === null) return '-';
  return value >= 1000 ? count(value) : String(Number(value.toPrecision(3)));
}
