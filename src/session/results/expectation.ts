import type { Expectation } from '../../model/result/expectation.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import { parseScenario } from '../../scenario/load.ts';
import { expectationOf } from '../../sizing/expectation.ts';
import { RESOLVED_FILE } from './results.ts';

/** What the model predicts of a run of the scenario `resolved`; undefined when that is null or from another version of ctload. */
export function readExpectation(resolved: string | null, capacity: Capacity): Expectation | undefined {
  if (resolved === null) return undefined;
  try {
    return expectationOf(parseScenario(resolved, RESOLVED_FILE).scenario, capacity);
  } catch {
    return undefined;
  }
}
