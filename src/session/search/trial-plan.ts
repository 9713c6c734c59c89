import type { FindSpec } from '../../model/input/find-spec.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import { formatDuration } from '../../model/units.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { type Variable, variableAt } from '../../scenario/variable.ts';
import { beginningOf } from './beginning.ts';

/** Reads the scenario of the search with further `path=value` overrides, so that every value is checked like the file's own. */
export type ScenarioLoader = (overrides: readonly string[]) => LoadedScenario;

/** What a trial does beyond that would only take time. */
export const ENDS_WHEN_CERTAIN = 'stopWhen=certain';

export interface TrialPlan {
  readonly variable: string;
  readonly initialValue: number;
  /** Whether `initialValue` is where the model sees a limit. */
  readonly modelled: boolean;
  /** As `Beginning`; empty where the model does not see a limit. */
  readonly bases: ReadonlyMap<string, number>;
  readonly whole: boolean;
  /** The variable shapes the gateway itself: every trial needs a lab of its own. */
  readonly rebuilds: boolean;
  /** The scenario of a trial. @throws {CtloadError} exit 104 when the value is not a valid one. */
  trial(value: number, seconds: number): LoadedScenario;
}

/**
 * What the trials of a search vary. Floods with a duration last as long as the trial; ramps run as the scenario has them.
 * @throws {CtloadError} exit 104 when there is nothing to vary, or no number to begin with.
 */
export function planTrials(load: ScenarioLoader, spec: FindSpec): TrialPlan {
  const { scenario } = load([]);
  const { path, initialValue, whole } = variableOf(load, spec);
  const rebuilds = path.startsWith('gateway.') || path.startsWith('lab.');
  const lasting = scenario.floods.filter(({ shape }) => 'durationSeconds' in shape).map(({ name }) => `floods.${name}.duration`);
  const trial = (tried: number, seconds: number) =>
    load([ENDS_WHEN_CERTAIN, ...lasting.map((key) => `${key}=${formatDuration(seconds)}`), `${path}=${tried}`]);
  const modelled = rebuilds
    ? undefined
    : beginningOf((tried) => trial(tried, spec.measuringPeriodSeconds).scenario, initialValue, whole);
  return {
    variable: path,
    initialValue: spec.initialValue ?? modelled?.value ?? initialValue,
    modelled: spec.initialValue === undefined && modelled !== undefined,
    bases: modelled?.bases ?? new Map(),
    whole,
    rebuilds,
    trial,
  };
}

/** The key to vary, and a value of it to begin with. @throws {CtloadError} as planTrials */
export function variableOf(
  load: ScenarioLoader,
  spec: FindSpec,
): Pick<Variable, 'path' | 'whole'> & { readonly initialValue: number } {
  const { path, value, whole } = variableAt(spec.variable ?? arrivalRate(load([]).scenario), load);
  const initialValue = spec.initialValue ?? value;
  if (initialValue !== undefined) return { path, initialValue, whole };
  throw new CtloadError(`find.variable: the scenario has no key ${path}`, {
    hint: 'name an existing key, or set find.initialValue',
    exitCode: ExitCode.invalidScenario,
  });
}

function arrivalRate({ floods }: Scenario): string {
  const flood = floods.find(({ shape }) => shape.executor === 'constant-arrival-rate');
  if (flood !== undefined) return `floods.${flood.name}.rate`;
  throw new CtloadError('find: no flood has a constant arrival rate to search for', {
    hint: 'name the key to vary with --variable or find.variable, or use --for connections when connections are held',
    exitCode: ExitCode.invalidScenario,
  });
}
