import type { FindSpec } from '../../model/input/find-spec.ts';
import { formatDuration } from '../../model/units.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { ENDS_WHEN_CERTAIN, type ScenarioLoader } from './trial-plan.ts';

/** The trials of `find --for connections`. */
export interface ConnectionsPlan {
  readonly variable: string;
  /** A tenth more than the table has places. */
  readonly initialValue: number;
  /** Ramps up to `value` connections within the measuring period; a confirming trial then holds them for the confirm period. */
  trial(value: number, confirm: boolean): LoadedScenario;
}

const HOLD = 3; // seconds at the top of a ramp: connections that were refused a place must be seen to wait

/** @throws {CtloadError} exit 104 when the scenario holds no connections. */
export function planConnections(load: ScenarioLoader, spec: FindSpec): ConnectionsPlan {
  const { floods, gateway } = load([]).scenario;
  const flood = floods.find(({ shape }) => shape.executor === 'ramping-connections' || shape.executor === 'constant-connections');
  if (flood === undefined) {
    throw new CtloadError('find --for connections: no flood holds a number of connections', {
      hint: 'add one of kind long with executor ramping-connections, as in scenarios/websockets.yaml',
      exitCode: ExitCode.invalidScenario,
    });
  }
  const ramp = formatDuration(spec.measuringPeriodSeconds);
  const overrides =
    flood.shape.executor === 'constant-connections'
      ? (value: number, hold: string) => [`floods.${flood.name}.connections=${value}`, `floods.${flood.name}.duration=${hold}`]
      : (value: number, hold: string) => [
          `floods.${flood.name}.startConnections=0`,
          `floods.${flood.name}.stages=[{duration: ${ramp}, target: ${value}}, {duration: ${hold}, target: ${value}}]`,
        ];
  return {
    variable: `connections of flood ${flood.name}`,
    initialValue: spec.initialValue ?? Math.ceil((gateway.conntrack.max * 11) / 10),
    trial: (value, confirm) =>
      load([
        ...(confirm ? [ENDS_WHEN_CERTAIN] : []), // the others have to show how many found a place
        ...overrides(value, formatDuration(confirm ? spec.confirmPeriodSeconds : HOLD)),
      ]),
  };
}
