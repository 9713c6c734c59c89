import { DATAPLANE_NAMES, type Dataplane, terminates } from '../../model/input/dataplanes.ts';
import { entriesPerFlow, type Forwarding } from '../../model/input/tracking.ts';
import type { Verification } from '../../model/result/plan/plan.ts';
import type { Summary } from '../../model/result/summary.ts';
import { usageError } from '../../platform/errors.ts';
import type { LoadedScenario, ScenarioInputs } from '../../scenario/load.ts';
import { loadOn, type PlanInputs } from '../../sizing/node-load.ts';
import { type Scaled, scaleDown } from '../../sizing/scale/scale.ts';
import { type SteadyScaled, scaleSteady } from '../../sizing/scale/scale-steady.ts';
import { heldRate, rowsOfFilling, rowsOfSteady } from './verify-rows.ts';
import { verifyingScenario } from './verify-scenario.ts';

/**
 * A verifying run, ready to start. `fills`: the load does not fit, and it is run until the small table is full. `steady`:
 * it fits, or fills the table only because expired entries linger, and it is run until as many entries expire as are made.
 */
export type VerificationRun = {
  readonly loaded: LoadedScenario;
  readonly timeouts: PlanInputs['timeouts'];
  /** Number of streams of the plan that the run leaves out. */
  readonly leftOut: number;
} & (
  | {
      readonly question: 'fills';
      readonly scaled: Scaled;
      /** Seconds into the load at which the scaled-down table should be full. */
      readonly fullSeconds: number;
    }
  | { readonly question: 'steady'; readonly scaled: SteadyScaled }
);

/**
 * The scaled-down load of a plan as a scenario.
 * @throws {CtloadError} exit 2 when there is nothing to run, or the lab does not support the dataplane.
 */
export function planTrial(setting: PlanInputs, forwarding: Forwarding, inputs: ScenarioInputs): VerificationRun {
  const { dataplane } = forwarding;
  if (UNVERIFIED.includes(dataplane)) {
    throw usageError(
      `--verify does not support dataplane ${dataplane} yet`,
      `use ${DATAPLANE_NAMES.filter((name) => !UNVERIFIED.includes(name)).join(', ')} (--dataplane), or plan without --verify`,
    );
  }
  if (forwarding.entriesPerConnection !== undefined) {
    throw usageError(
      '--verify: no gateway that ctload builds has so many entries per connection',
      'plan without --verify, or leave --entries-per-connection out',
    );
  }
  if (entriesPerFlow(forwarding) === 0) {
    throw usageError(
      `--verify: dataplane ${dataplane} makes no conntrack entries, so there is nothing to compare`,
      'plan without --verify, or run a scenario with it: ctload run',
    );
  }
  const verified = terminates(dataplane) ? withoutDns(setting) : setting;
  if (verified.traffic.streams.length === 0) {
    throw usageError(
      '--verify needs a load to run',
      'give a scenario, --rate, --websockets, --udp-streams, --leak-rate, --close-wait-rate or --dns-qps',
    );
  }
  const leftOut = setting.traffic.streams.length - verified.traffic.streams.length;
  const load = loadOn(verified);
  const filling = load.entries > verified.table.max ? fillingTrial(verified) : undefined;
  if (filling !== undefined) {
    const loaded = verifyingScenario(
      {
        ...filling.scaled,
        timeouts: verified.timeouts,
        forwarding,
        seconds: Math.ceil(filling.fullSeconds * 1.3 + 1),
        heldAtOnce: hasRates(verified),
        description: 'The scaled-down load of a plan, until its table is full',
      },
      inputs,
    );
    return { question: 'fills', ...filling, loaded, timeouts: verified.timeouts, leftOut };
  }
  const scaled = scaleSteady(verified);
  const description = 'The scaled-down load of a plan, until as many entries expire as are made';
  const loaded = verifyingScenario({ ...scaled, forwarding, heldAtOnce: true, description }, inputs);
  return { question: 'steady', scaled, loaded, timeouts: scaled.timeouts, leftOut };
}

/** What carries the load has entries that live otherwise than the load's own do. */
const UNVERIFIED: readonly Dataplane[] = ['tunnel'];

/** ctload's proxy passes on TCP only. */
function withoutDns(setting: PlanInputs): PlanInputs {
  const streams = setting.traffic.streams.filter(
    (stream) => stream.kind !== 'dns' && !(stream.kind === 'held' && stream.state === 'UDP_STREAM'),
  );
  return { ...setting, traffic: { ...setting.traffic, streams } };
}

/**
 * The load until its table is full; undefined where the timeouts are so short that the small table never fills. Held connections
 * alone are opened at a constant rate, a fifth more than fit.
 */
function fillingTrial(setting: PlanInputs): { readonly scaled: Scaled; readonly fullSeconds: number } | undefined {
  const scaled = scaleDown(setting);
  const fullSeconds = hasRates(setting)
    ? loadOn({ ...setting, ...scaled }).timeToFullSeconds
    : scaled.table.max / heldRate(scaled);
  return fullSeconds === null ? undefined : { scaled, fullSeconds };
}

function hasRates({ traffic }: PlanInputs): boolean {
  return traffic.streams.some(({ kind }) => kind !== 'held');
}

/** Compares the measurements of the verifying run with the plan's prediction for it. */
export function compareTrial(trial: VerificationRun, summary: Summary, folder: string): Verification {
  const { scaled } = trial;
  const { conntrack, verdict } = summary;
  const rows = trial.question === 'fills' ? rowsOfFilling(trial, summary) : rowsOfSteady(trial.scaled, summary);
  const sound = verdict.validity === 'valid';
  return {
    folder,
    max: conntrack.effectiveMax,
    buckets: conntrack.buckets,
    rateScale: scaled.rateScale,
    rows,
    notes: [...leftOut(trial), ...scaled.notes, ...methodNotes(summary), ...(sound ? [] : verdict.reasons)],
    ok: sound && rows.every(({ ok, explanation: why }) => ok || why !== null),
  };
}

function leftOut(trial: VerificationRun): string[] {
  return trial.leftOut > 0 ? ['datagrams are left out; they do not pass through the proxy'] : [];
}

function methodNotes({ conntrack }: Summary): string[] {
  return conntrack.method !== 'ballast'
    ? []
    : ['the small table was made with ballast: its buckets are the host’s, so early drop is not representative'];
}
