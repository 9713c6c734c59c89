import type { LoadSteps } from '../../model/result/series.ts';
import { FAILURE_CAUSES, type FailureCause } from '../../model/timeline/attempt.ts';
import { attribute, type Evidence } from '../causes/attribution.ts';
import type { RunLog } from '../log/run-log.ts';
import { stepOf, zeros } from './steps.ts';

/** Sorts what all floods did into steps, failures by the causes that `evidence` names. */
export function loadSteps(log: RunLog, evidence: Evidence, steps: number): LoadSteps {
  const attempted = zeros(steps);
  const succeeded = zeros(steps);
  const delayed = zeros(steps);
  const failed = new Map<FailureCause, number[]>();
  const add = (to: number[], step: number, count = 0) => {
    to[step] = (to[step] ?? 0) + count;
  };
  for (const load of log.loads) {
    const step = Math.min(stepOf(load.t), steps - 1);
    add(attempted, step, load.attempted);
    add(succeeded, step, load.succeeded);
    add(delayed, step, load.delayed);
    if (load.failed === undefined) continue;
    for (const [cause, count] of Object.entries(attribute([load], evidence)) as [FailureCause, number][]) {
      const counts = failed.get(cause) ?? zeros(steps);
      add(counts, step, count);
      failed.set(cause, counts);
    }
  }
  const causes = FAILURE_CAUSES.filter((cause) => failed.has(cause)).toSorted((a, b) => sum(failed.get(b)) - sum(failed.get(a)));
  const byCause = Object.fromEntries(causes.map((cause) => [cause, failed.get(cause) ?? []]));
  return { attempted, succeeded, failed: byCause, delayed, open: openAtEnd(log, steps) };
}

/** Connections of all floods that were open when each step ended. */
function openAtEnd({ gauges }: RunLog, steps: number): number[] {
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

function sum(counts: readonly number[] | undefined): number {
  return counts?.reduce((total, count) => total + count, 0) ?? 0;
}
