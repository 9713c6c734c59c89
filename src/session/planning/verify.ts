import type { PlanDataplane } from '../../model/node/traffic.ts';
import type { Verification, Verified } from '../../model/result/plan.ts';
import type { Summary } from '../../model/result/summary.ts';
import { sum } from '../../model/sum.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { LoadedScenario, ScenarioInputs } from '../../scenario/load.ts';
import { loadOn, type PlanInputs } from '../../sizing/node-load.ts';
import { OPENING_SECONDS, type Scaled, scaleDown } from '../../sizing/scale.ts';
import { componentsOf } from '../../sizing/streams.ts';
import { verifyingScenario } from './verify-scenario.ts';

/** What prediction and measurement may be apart: the breaking rate or time within a tenth. */
const TOLERANCE = 0.1;
/** Dataplanes of a plan that the lab can build. */
const BUILT: readonly PlanDataplane[] = ['iptables', 'nftables', 'proxy'];

/** A verifying run that is ready to start. */
export interface VerificationRun {
  readonly loaded: LoadedScenario;
  readonly scaled: Scaled;
  /** Seconds into the load at which the scaled-down table should be full. */
  readonly fullSeconds: number;
  readonly timeouts: PlanInputs['timeouts'];
  /** Streams of the plan that are not played. */
  readonly leftOut: number;
}

/**
 * The plan's load in small, as a scenario.
 * @throws {CtloadError} exit 2 when there is nothing to run, or the lab has no such dataplane.
 */
export function planTrial(setting: PlanInputs, dataplane: PlanDataplane, inputs: ScenarioInputs): VerificationRun {
  if (!BUILT.includes(dataplane)) {
    throw usage(
      `--verify: the lab has no dataplane ${dataplane} yet`,
      `it has ${BUILT.join(', ')}; without --verify the plan is arithmetic alone`,
    );
  }
  const scaled = scaleDown(dataplane === 'proxy' ? withoutDns(setting) : setting);
  if (scaled.traffic.streams.length === 0) {
    throw usage('--verify needs a load to run', 'give a scenario, or --rate, --websockets, --leak-rate, --dns-qps');
  }
  const fullSeconds = fullAfter({ ...setting, ...scaled });
  const { table, traffic } = scaled;
  const loaded = verifyingScenario({ table, traffic, timeouts: setting.timeouts, dataplane, fullSeconds }, inputs);
  const leftOut = setting.traffic.streams.length - traffic.streams.length;
  return { loaded, scaled, fullSeconds, timeouts: setting.timeouts, leftOut };
}

/** ctload's proxy speaks TCP. */
function withoutDns(setting: PlanInputs): PlanInputs {
  const streams = setting.traffic.streams.filter(({ kind }) => kind !== 'dns');
  return { ...setting, traffic: { ...setting.traffic, streams } };
}

function leftOut(trial: VerificationRun): string[] {
  return trial.leftOut > 0 ? ['DNS queries are left out: they do not go through the proxy'] : [];
}

/** Held connections alone come one by one; they are as many as fit, and a fifth more. */
function fullAfter(setting: PlanInputs): number {
  const load = loadOn(setting);
  if (setting.traffic.streams.some(({ kind }) => kind !== 'held')) {
    if (load.timeToFullSeconds !== null) return load.timeToFullSeconds;
    throw usage(
      '--verify: the timeouts are so short that the small table never fills',
      'verify with the timeouts of a node, or use `ctload find`',
    );
  }
  return setting.table.max / heldRate(setting);
}

/** Connections a second at which a load that only holds connections opens them. */
function heldRate({ traffic }: Pick<PlanInputs, 'traffic'>): number {
  return sum(traffic.streams, (stream) => (stream.kind === 'held' ? stream.connections : 0)) / OPENING_SECONDS;
}

/** What the run measured beside what the plan's model said of it. */
export function compareTrial(trial: VerificationRun, summary: Summary, folder: string): Verification {
  const { scaled, fullSeconds } = trial;
  const { breakingPoint, conntrack } = summary;
  const predictedRate = connectionRate(trial);
  const measured = (name: string) => summary.prediction.find(({ quantity }) => quantity === name)?.measured ?? null;
  const components = componentsOf(scaled.traffic, trial.timeouts);
  const explain = explanation(trial, summary);
  const dropShare = loadOn({ ...scaled, timeouts: trial.timeouts, headroom: 0 }).dropShareWhenFull;
  const rows: Verified[] = [
    row('time to full, s', fullSeconds, measured('timeToFullSeconds'), explain),
    ...(predictedRate === null
      ? []
      : [row('rate when it breaks, connections/s', predictedRate, breakingPoint?.offeredRate ?? null, explain)]),
    row('entries when it breaks', scaled.table.max, breakingPoint?.entries ?? null, explain),
    row('entries a connection', scaled.traffic.entriesPerConnection, entriesPerConnection(trial, summary), explain),
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

/** What is known to make a real table differ from the model, by name; null when none of it happened. */
function explanation({ scaled, fullSeconds, timeouts }: VerificationRun, { conntrack, verdict }: Summary): string | null {
  if (verdict.validity === 'generator-bound') return 'the generator fell behind';
  if (conntrack.earlyDrop > 0) return 'early drop';
  const expiring = componentsOf(scaled.traffic, timeouts).some(
    ({ rate, activeSeconds, lingerSeconds }) => rate > 0 && activeSeconds + lingerSeconds < fullSeconds,
  );
  return expiring ? 'gc lag' : null;
}

/** All arrivals a second while the load runs; null when held connections are all there is and open as they can. */
function connectionRate({ scaled }: VerificationRun): number | null {
  const rates = scaled.traffic.streams.filter(({ kind }) => kind !== 'held');
  if (rates.length === 0) return heldRate(scaled);
  return sum(rates, (stream) => (stream.kind === 'held' ? 0 : stream.rate));
}

/** Of the connections begun before the table was full; the held ones are among them. */
function entriesPerConnection({ scaled }: VerificationRun, summary: Summary): number | null {
  const one = summary.prediction.find(({ quantity }) => quantity === 'entriesPerConnection');
  if (one?.measured == null || !one.predicted) return null;
  return (one.measured / one.predicted) * scaled.traffic.entriesPerConnection;
}

function methodNotes({ conntrack }: Summary): string[] {
  return conntrack.method === 'sysctl'
    ? []
    : ['the small table is one of ballast: its buckets are the host’s, so early drop is not faithful'];
}

function usage(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.usage });
}
