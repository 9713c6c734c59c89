import type { PlanDataplane } from '../../model/node/traffic.ts';
import type { Verification, Verified } from '../../model/result/plan.ts';
import type { Summary } from '../../model/result/summary.ts';
import { sum } from '../../model/sum.ts';
import { usageError } from '../../platform/errors.ts';
import type { LoadedScenario, ScenarioInputs } from '../../scenario/load.ts';
import { loadOn, type PlanInputs } from '../../sizing/node-load.ts';
import { OPENING_SECONDS, type Scaled, scaleDown } from '../../sizing/scale.ts';
import { componentsOf } from '../../sizing/streams.ts';
import { verifyingScenario } from './verify-scenario.ts';

/** Tolerated relative deviation of the measurement from the prediction. */
const TOLERANCE = 0.1;
/** Dataplanes of plans that the lab can build. */
const BUILT: readonly PlanDataplane[] = ['iptables', 'nftables', 'proxy'];

/** A verifying run, ready to start. */
export interface VerificationRun {
  readonly loaded: LoadedScenario;
  readonly scaled: Scaled;
  /** Seconds into the load at which the scaled-down table should be full. */
  readonly fullSeconds: number;
  readonly timeouts: PlanInputs['timeouts'];
  /** Number of streams of the plan that the run leaves out. */
  readonly leftOut: number;
}

/**
 * The scaled-down load of a plan as a scenario.
 * @throws {CtloadError} exit 2 when there is nothing to run, or the lab does not support the dataplane.
 */
export function planTrial(setting: PlanInputs, dataplane: PlanDataplane, inputs: ScenarioInputs): VerificationRun {
  if (!BUILT.includes(dataplane)) {
    throw usageError(`--verify does not support dataplane ${dataplane} yet`, `use ${BUILT.join(', ')}, or plan without --verify`);
  }
  const scaled = scaleDown(dataplane === 'proxy' ? withoutDns(setting) : setting);
  if (scaled.traffic.streams.length === 0) {
    throw usageError('--verify needs a load to run', 'give a scenario, --rate, --websockets, --leak-rate or --dns-qps');
  }
  const fullSeconds = fullAfter({ ...setting, ...scaled });
  const { table, traffic } = scaled;
  const loaded = verifyingScenario({ table, traffic, timeouts: setting.timeouts, dataplane, fullSeconds }, inputs);
  const leftOut = setting.traffic.streams.length - traffic.streams.length;
  return { loaded, scaled, fullSeconds, timeouts: setting.timeouts, leftOut };
}

/** ctload's proxy passes on TCP only. */
function withoutDns(setting: PlanInputs): PlanInputs {
  const streams = setting.traffic.streams.filter(({ kind }) => kind !== 'dns');
  return { ...setting, traffic: { ...setting.traffic, streams } };
}

function leftOut(trial: VerificationRun): string[] {
  return trial.leftOut > 0 ? ['DNS queries are left out; they do not pass through the proxy'] : [];
}

/** Seconds until the table is full. Held connections alone are opened at a constant rate, a fifth more than fit. */
function fullAfter(setting: PlanInputs): number {
  const load = loadOn(setting);
  if (setting.traffic.streams.some(({ kind }) => kind !== 'held')) {
    if (load.timeToFullSeconds !== null) return load.timeToFullSeconds;
    throw usageError(
      '--verify: the scaled-down table never fills because the timeouts are too short',
      'verify with longer timeouts, or use `ctload find`',
    );
  }
  return setting.table.max / heldRate(setting);
}

/** Connections per second at which a load of held connections alone opens them. */
function heldRate({ traffic }: Pick<PlanInputs, 'traffic'>): number {
  return sum(traffic.streams, (stream) => (stream.kind === 'held' ? stream.connections : 0)) / OPENING_SECONDS;
}

/** Compares the measurements of the verifying run with the plan's prediction for it. */
export function compareTrial(trial: VerificationRun, summary: Summary, folder: string): Verification {
  const { scaled, fullSeconds } = trial;
  const { breakingPoint, conntrack } = summary;
  const measured = (name: string) => summary.prediction.find(({ quantity }) => quantity === name)?.measured ?? null;
  const components = componentsOf(scaled.traffic, trial.timeouts);
  const explain = explanation(trial, summary);
  const dropShare = loadOn({ ...scaled, timeouts: trial.timeouts, headroom: 0 }).dropShareWhenFull;
  const rows: Verified[] = [
    row('time to full, s', fullSeconds, measured('timeToFullSeconds'), explain),
    row('rate when it breaks, connections/s', connectionRate(trial), breakingPoint?.offeredRate ?? null, explain),
    row('entries when it breaks', scaled.table.max, breakingPoint?.entries ?? null, explain),
    row('entries per connection', scaled.traffic.entriesPerConnection, entriesPerConnection(trial, summary), explain),
    ...(components.some(({ life }) => life.evictable)
      ? []
      : [row('share of SYNs dropped when full', dropShare, conntrack.measuredDropShareWhenFull, explain)]),
  ];
  const sound = summary.verdict.validity === 'valid';
  return {
    folder,
    max: conntrack.effectiveMax,
    buckets: conntrack.buckets,
    rateScale: scaled.rateScale,
    rows,
    notes: [...leftOut(trial), ...scaled.notes, ...methodNotes(summary), ...(sound ? [] : summary.verdict.reasons)],
    ok: sound && rows.every(({ ok, explanation: why }) => ok || why !== null),
  };
}

function row(quantity: string, predicted: number, measured: number | null, explain: string | null): Verified {
  const deviation = measured === null || predicted === 0 ? null : measured / predicted - 1;
  const ok = deviation !== null && Math.abs(deviation) <= TOLERANCE;
  return { quantity, predicted, measured, deviation, ok, explanation: ok ? null : explain };
}

/** The known reason why a real table differs from the model; null when there is none in this run. */
function explanation({ scaled, fullSeconds, timeouts }: VerificationRun, { conntrack, verdict }: Summary): string | null {
  if (verdict.validity === 'generator-bound') return 'the generator fell behind';
  if (conntrack.earlyDrop > 0) return 'early drop';
  const expiring = componentsOf(scaled.traffic, timeouts).some(
    ({ rate, activeSeconds, lingerSeconds }) => rate > 0 && activeSeconds + lingerSeconds < fullSeconds,
  );
  return expiring ? 'gc lag' : null;
}

/** New connections per second while the load runs. */
function connectionRate({ scaled }: VerificationRun): number {
  const rates = scaled.traffic.streams.filter(({ kind }) => kind !== 'held');
  if (rates.length === 0) return heldRate(scaled);
  return sum(rates, (stream) => (stream.kind === 'held' ? 0 : stream.rate));
}

/** Entries per connection started before the table was full, held connections included. */
function entriesPerConnection({ scaled }: VerificationRun, summary: Summary): number | null {
  const one = summary.prediction.find(({ quantity }) => quantity === 'entriesPerConnection');
  if (one?.measured == null || !one.predicted) return null;
  return (one.measured / one.predicted) * scaled.traffic.entriesPerConnection;
}

function methodNotes({ conntrack }: Summary): string[] {
  return conntrack.method === 'sysctl'
    ? []
    : ['the small table was made with ballast: its buckets are the host’s, so early drop is not representative'];
}
