import { STEP_SECONDS, type TableSteps } from '../../model/result/series.ts';
import type { CapacityCourse } from '../log/capacity-course.ts';
import type { TableSample } from '../log/table-rows.ts';
import { stepOf, zeros } from './steps.ts';

/** Sorts the samples of a table, in order of time, into steps. */
export function tableSteps(
  { samples, capacity }: { readonly samples: Iterable<TableSample>; readonly capacity: Pick<CapacityCourse, 'at'> },
  steps: number,
): TableSteps {
  const entriesMin = Array<number | null>(steps).fill(null);
  const entriesMax = Array<number | null>(steps).fill(null);
  const rises = { drop: zeros(steps), earlyDrop: zeros(steps), insertFailed: zeros(steps) };
  let before = { drop: 0, earlyDrop: 0, insertFailed: 0 };
  for (const sample of samples) {
    const step = Math.min(stepOf(sample.t), steps - 1);
    entriesMin[step] = Math.min(entriesMin[step] ?? Number.POSITIVE_INFINITY, sample.entries);
    entriesMax[step] = Math.max(entriesMax[step] ?? 0, sample.entries);
    for (const name of ['drop', 'earlyDrop', 'insertFailed'] as const) {
      rises[name][step] = (rises[name][step] ?? 0) + sample[name] - before[name];
    }
    before = sample;
  }
  const taken = zeros(steps).map((_, step) => Math.max(capacity.at(step * STEP_SECONDS), capacity.at((step + 1) * STEP_SECONDS)));
  return { entriesMin, entriesMax, capacity: taken, ...rises };
}
