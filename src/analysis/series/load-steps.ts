import type { LoadSteps } from '../../model/result/series.ts';
import { FAILURE_CAUSES, type FailureCause } from '../../model/timeline/attempt.ts';
import type { NamedFailure } from '../causes/attribution.ts';
import type { RunLog } from '../log/run-log.ts';
import { sum } from '../statistics/sum.ts';
import { stepOf, zeros } from './steps.ts';

/** Sorts what all floods did into steps, `failures` by their causes. */
export function loadSteps(
  { loads, gauges }: Pick<RunLog, 'loads' | 'gauges'>,
  failures: readonly NamedFailure[],
  steps: number,
): LoadSteps {
  const attempted = zeros(steps);
  const succeeded = zeros(steps);
  const delayed = zeros(steps);
  const failed = new Map<FailureCause, number[]>();
  const add = (to: number[], step: number, count = 0) => {
    to[step] = (to[step] ?? 0) + count;
  };
  const stepAt = (t: number) => Math.min(stepOf(t), steps - 1);
  for (const load of loads) {
    const step = stepAt(load.t);
    add(attempted, step, load.attempted);
    add(succeeded, step, load.succeeded);
    add(delayed, step, load.delayed);
  }
  for (const { t, cause, count } of failures) {
    const counts = failed.get(cause) ?? zeros(steps);
    add(counts, stepAt(t), count);
    failed.set(cause, counts);
  }
  const causes = FAILURE_CAUSES.filter((cause) => failed.has(cause)).toSorted(
    (a, b) => sum(failed.get(b) ?? []) - sum(failed.get(a) ?? []),
  );
  const byCause = Object.fromEntries(causes.map((cause) => [cause, failed.get(cause) ?? []]));
  return { attempted, succeeded, failed: byCause, delayed, open: openAtEnd(gauges, steps) };
}

/** Connections of all floods that were open when each step ended. */
function openAtEnd(gauges: RunLog['gauges'], steps: number): number[] {
  const open = new Map<string, number>();
  const counts = zeros(steps);
  let next = 0;
  let now = 0;
  for (let step = 0; step < steps; step++) {
    for (let gauge = gauges[next]; gauge !== undefined && stepOf(gauge.t) <= step; gauge = gauges[++next]) {
      now += gauge.open - (open.get(gauge.flood) ?? 0);
      open.set(gauge.flood, gauge.open);
    }
    counts[step] = now;
  }
  return counts;
}
