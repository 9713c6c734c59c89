import type { Expectation } from '../../model/result/expectation.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import { parseScenario } from '../../scenario/load.ts';
import { expectationOf } from '../../sizing/expectation.ts';
import { RESOLVED_FILE } from './results.ts';

/**
 * What the model predicts of a run of the scenario `resolved`; undefined when that is null or from another version of
 * ctload, or where rules of its own do to packets what the model does not know.
 */
export function readExpectation(
  resolved: string | null,
  { capacity, synSchedule }: { readonly capacity: Capacity; readonly synSchedule: readonly number[] },
): Expectation | undefined {
  if (resolved === null) return undefined;
  try {
    const { scenario } = parseScenario(resolved, RESOLVED_FILE);
    return scenario.gateway.rules === undefined ? expectationOf(scenario, capacity, synSchedule) : undefined;
  } catch {
    return undefined;
  }
}
