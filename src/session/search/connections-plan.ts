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
  /** Ramps up to `value` connections and holds them long enough to see who waits; a confirming trial lasts for the confirm period. */
  trial(value: number, confirm: boolean): LoadedScenario;
}

/** Connections per second of a ramp that takes less than the measuring period: no machine has to hurry for them. */
const RAMP_RATE = 500;
const SHORTEST_RAMP = 3; // seconds
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
  const { measuringPeriodSeconds, confirmPeriodSeconds } = spec;
  const rampTo = (value: number) => Math.min(measuringPeriodSeconds, Math.max(SHORTEST_RAMP, Math.ceil(value / RAMP_RATE)));
  const overrides =
    flood.shape.executor === 'constant-connections'
      ? (value: number, confirm: boolean) => [
          `floods.${flood.name}.connections=${value}`,
          `floods.${flood.name}.duration=${formatDuration(confirm ? confirmPeriodSeconds : HOLD)}`,
        ]
      : (value: number, confirm: boolean) => {
          const ramp = rampTo(value);
          const hold = confirm ? Math.max(HOLD, confirmPeriodSeconds - ramp) : HOLD;
          const stages = [ramp, hold].map((seconds) => `{duration: ${formatDuration(seconds)}, target: ${value}}`);
          return [`floods.${flood.name}.startConnections=0`, `floods.${flood.name}.stages=[${stages.join(', ')}]`];
        };
  return {
    variable: `connections of flood ${flood.name}`,
    initialValue: spec.initialValue ?? Math.ceil((gateway.conntrack.max * 11) / 10),
    trial: (value, confirm) =>
      load([
        ...(confirm ? [ENDS_WHEN_CERTAIN] : []), // the others have to show how many found a place
        ...overrides(value, confirm),
      ]),
  };
}
