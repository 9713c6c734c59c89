import { ENTRY_LIVES } from '../../model/node/entry-life.ts';
import type { AlertPlan, PlanLoad } from '../../model/result/plan/plan.ts';
import { sum } from '../../model/sum.ts';
import type { SteadyComponent } from '../table-model.ts';

const LOWEST = 0.05;
const HIGHEST = 0.9;

/**
 * Utilization at which an alert leaves `wantedMinutes` until the table is full: 1 − slope × time ÷ max. The slope is that of the
 * leaks if there are any, because they grow for hours; else the growth when the whole load starts at once. Where no threshold
 * leaves that long (it would fire in the steady state, or always), it is put half-way between the normal peak and the limit.
 */
export function planAlert(
  components: readonly SteadyComponent[],
  { peakUtilization, newEntriesPerSecond }: Pick<PlanLoad, 'peakUtilization' | 'newEntriesPerSecond'>,
  max: number,
  wantedMinutes: number,
): AlertPlan {
  const leaking = sum(components, ({ life, rate }) => (life === ENTRY_LIVES.forgotten ? rate : 0));
  const slope = leaking > 0 ? leaking : newEntriesPerSecond;
  const wanted = 1 - (slope * wantedMinutes * 60) / max;
  const normal = leaking > 0 ? 0 : Math.min(1, peakUtilization);
  const least = Math.max(LOWEST, normal * 1.1);
  const threshold = wanted >= least ? Math.min(HIGHEST, wanted) : Math.min(0.95, (Math.min(normal, 0.9) + 1) / 2);
  const rounded = Math.floor(threshold * 100) / 100;
  return { wantedMinutes, slope, threshold: rounded, minutesLeft: slope === 0 ? null : ((1 - rounded) * max) / slope / 60 };
}
