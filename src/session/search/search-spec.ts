import { FIND_DEFAULTS, type FindSpec } from '../../model/input/find-spec.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { type ScenarioLoader, variableOf } from './trial-plan.ts';

/** How a scenario is searched. @param variable before the scenario's own */
export function searchSpec({ find }: Scenario, variable = find?.variable): FindSpec {
  return { ...FIND_DEFAULTS, ...find, ...(variable === undefined ? {} : { variable }) };
}

/** A search asks what the table as it is set up can hold, and its trials have to be alike. @throws {CtloadError} exit 104 */
export function refuseActions({ actions = [] }: Pick<Scenario, 'actions'>): void {
  if (actions.length === 0) return;
  throw new CtloadError('actions: a search cannot have any: it asks what the table holds as it is set up', {
    hint: 'leave them out with --set actions=[], or use ctload run',
    exitCode: ExitCode.invalidScenario,
  });
}

/** The key that a search of a scenario varies. @throws {CtloadError} exit 104 when it cannot be searched. */
export function searchVariable(load: ScenarioLoader): string {
  const { scenario } = load([]);
  refuseActions(scenario);
  return variableOf(load, searchSpec(scenario)).path;
}
