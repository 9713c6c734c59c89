import { count } from '../../model/format.ts';
import type { Traffic } from '../../model/node/traffic.ts';
import type { Verified } from '../../model/result/plan/plan.ts';
import type { Summary } from '../../model/result/summary.ts';
import { sum } from '../../model/sum.ts';
import { loadOn, type PlanInputs } from '../../sizing/node-load.ts';
import { OPENING_SECONDS, type Scaled } from '../../sizing/scale/scale.ts';
import type { SteadyScaled } from '../../sizing/scale/scale-steady.ts';
import { componentsOf } from '../../sizing/streams.ts';

/** Tolerated relative deviation of the measurement from the prediction. */
const TOLERANCE = 0.1;

interface Filling {
  readonly scaled: Scaled;
  /** Seconds into the load at which the scaled-down table should be full. */
  readonly fullSeconds: number;
  readonly timeouts: PlanInputs['timeouts'];
}

/** Quantities of a run that should fill its table. */
export function rowsOfFilling(trial: Filling, summary: Summary): Verified[] {
  const { scaled, fullSeconds } = trial;
  const { breakingPoint, conntrack } = summary;
  const explain = explanation(trial, summary);
  const dropShare = loadOn({ ...scaled, timeouts: trial.timeouts, headroom: 0 }).dropShareWhenFull;
  const evictable = componentsOf(scaled.traffic, trial.timeouts).some(({ life }) => life.evictable);
  return [
    row('time to full, s', fullSeconds, measured(summary, 'timeToFullSeconds'), explain),
    row('rate when it breaks, connections/s', connectionRate(scaled), breakingPoint?.offeredRate ?? null, explain),
    row('entries when it breaks', scaled.table.max, breakingPoint?.entries ?? null, explain),
    row('entries per connection', scaled.traffic.entriesPerConnection, entriesPerConnection(scaled, summary), explain),
    ...(evictable ? [] : [row('share of SYNs dropped when full', dropShare, conntrack.measuredDropShareWhenFull, explain)]),
  ];
}

/** Quantities of a run that should reach its steady state, below the limit where the plan says so. */
export function rowsOfSteady(scaled: SteadyScaled, summary: Summary): Verified[] {
  const { table, peakEntries, liveEntries } = scaled;
  const { conntrack } = summary;
  const fits = peakEntries <= table.max;
  const peak = row('peak entries', Math.min(table.max, peakEntries), conntrack.peakEntries, null);
  // The model's peak is an upper bound: the kernel may reclaim sooner. The entries that have not expired have to be there.
  const sooner = !peak.ok && conntrack.peakEntries < peakEntries && conntrack.peakEntries >= liveEntries * (1 - TOLERANCE);
  return [
    sooner ? { ...peak, explanation: `expired entries were reclaimed sooner; ${count(liveEntries)} have not expired` } : peak,
    ...(fits ? [{ ...row('packets dropped', 0, conntrack.drop, null), ok: conntrack.drop === 0 }] : []),
  ];
}

function row(quantity: string, predicted: number, measurement: number | null, explain: string | null): Verified {
  const deviation = measurement === null || predicted === 0 ? null : measurement / predicted - 1;
  const ok = deviation !== null && Math.abs(deviation) <= TOLERANCE;
  return { quantity, predicted, measured: measurement, deviation, ok, explanation: ok ? null : explain };
}

function measured({ prediction }: Summary, name: Summary['prediction'][number]['quantity']): number | null {
  return prediction.find(({ quantity }) => quantity === name)?.measured ?? null;
}

/** The known reason why a real table differs from the model; null when there is none in this run. */
function explanation({ scaled, fullSeconds, timeouts }: Filling, { conntrack, verdict }: Summary): string | null {
  if (verdict.validity === 'generator-bound') return 'the generator fell behind';
  if (conntrack.earlyDrop > 0) return 'early drop';
  const expiring = componentsOf(scaled.traffic, timeouts).some(
    ({ rate, activeSeconds, lingerSeconds }) => rate > 0 && activeSeconds + lingerSeconds < fullSeconds,
  );
  return expiring ? 'gc lag' : null;
}

/** New connections per second while the load runs. */
function connectionRate(scaled: Scaled): number {
  const rates = scaled.traffic.streams.filter(({ kind }) => kind !== 'held');
  if (rates.length === 0) return heldRate(scaled);
  return sum(rates, (stream) => (stream.kind === 'held' ? 0 : stream.rate));
}

/** Connections per second at which a load of held connections alone opens them. */
export function heldRate({ traffic }: { readonly traffic: Traffic }): number {
  return sum(traffic.streams, (stream) => (stream.kind === 'held' ? stream.connections : 0)) / OPENING_SECONDS;
}

/** Entries per connection started before the table was full, held connections included. */
function entriesPerConnection({ traffic }: Scaled, summary: Summary): number | null {
  const one = summary.prediction.find(({ quantity }) => quantity === 'entriesPerConnection');
  if (one?.measured == null || !one.predicted) return null;
  return (one.measured / one.predicted) * traffic.entriesPerConnection;
}
