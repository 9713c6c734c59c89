import { count, percent } from '../../model/format.ts';
import type { Verification } from '../../model/result/plan/plan.ts';
import type { Section } from '../document/document.ts';
import { figure } from './figure.ts';

/** Prediction and measurement for the plan's scaled-down load on a real kernel. */
export function verificationSection({ folder, max, buckets, rateScale, rows, notes, ok }: Verification): Section {
  const cells = rows.map(({ quantity, predicted, measured, deviation, ok: good, explanation }) => [
    quantity,
    predicted === null ? '-' : figure(predicted),
    measured === null ? '-' : figure(measured),
    deviation === null ? '-' : `${deviation >= 0 ? '+' : '−'}${percent(Math.abs(deviation))}`,
    good ? 'ok' : (explanation ?? 'differs'),
  ]);
  return {
    heading: `Verification: ${ok ? 'the model matches this kernel' : 'the model does not match this kernel'}`,
    blocks: [
      {
        kind: 'text',
        text: `The same load, scaled by ${Number(rateScale.toPrecision(3))}, on a table of ${count(max)} entries in ${count(buckets)} buckets: ${folder}`,
      },
      { kind: 'table', rows: [['quantity', 'predicted', 'measured', 'deviation', ''], ...cells] },
      ...(notes.length === 0 ? [] : [{ kind: 'list', items: notes } as const]),
    ],
  };
}
