import { type Flood, loadSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { PLAN_DATAPLANES } from '../model/node/traffic.ts';
import { type Flow, flowOf } from './flow.ts';
import { timeCourse } from './time-course.ts';

/**
 * Longest time an expired entry can stay counted: the kernel's gc looks at the whole table at least once in 60 s
 * (GC_SCAN_INTERVAL_MAX, nf_conntrack_core.c). Until then it takes up room like a live one.
 */
export const GC_INTERVAL_MAX = 60; // seconds

/**
 * `breaks`: the table fills even if every entry went at the moment it expired. `may-break`: it fills only if expired entries
 * linger, as they do until gc comes by. `holds`: not even then.
 */
export type Outcome = 'breaks' | 'may-break' | 'holds';

export interface FloodPrediction {
  /** Its key in the scenario. */
  readonly name: string;
  /** Entries at their most, however large the table. */
  readonly peakEntries: number;
  /** State an entry is in when its connection is over. */
  readonly leaves: Flow['state'];
  /** How long it stays, if it goes as it expires. */
  readonly lingerSeconds: number;
}

export interface Prediction {
  readonly outcome: Outcome;
  /** Entries the table may hold. */
  readonly max: number;
  /** Stale entries in the table before the load. */
  readonly prefilled: number;
  /**
   * Seconds after the start of the load at which the table is full; null when it `holds`. When it `may-break`: at the earliest.
   */
  readonly fullAfterSeconds: number | null;
  /** Connections opened a second when the table is full, else the most there are; 0 within a burst. */
  readonly offeredRate: number;
  /** Most entries at once in a table without limit, every entry gone as it expires (rate × timeout, the textbook). */
  readonly peakEntries: number;
  /** The same when nothing expired is reaped for a whole gc interval: what the table must have room for. */
  readonly peakEntriesUnreaped: number;
  /** Entries at the end if the load's last second went on for ever; null when they would grow without limit. */
  readonly steadyEntries: number | null;
  /** Each by itself, in the order of the scenario. */
  readonly floods: readonly FloodPrediction[];
}

/**
 * What the conntrack table of `scenario` will do, from arithmetic alone: entries = opened − those whose timeout is over.
 * Leaves out what is small (attempts under way) and what only a full table does (early drop, retransmissions).
 */
export function predict(scenario: Scenario): Prediction {
  const { conntrack } = scenario.gateway;
  const { max } = conntrack;
  const prefilled = prefillEntries(conntrack);
  const seconds = loadSeconds(scenario.floods);
  const flows = scenario.floods.map((flood) => flowOf(flood, conntrack.timeouts));
  const each = PLAN_DATAPLANES[scenario.gateway.dataplane];
  const prompt = timeCourse(expectedEntries(scenario), seconds, max);
  const lingering = timeCourse(expectedEntries(scenario, GC_INTERVAL_MAX), seconds, max);
  const outcome = prompt.peak > max ? 'breaks' : lingering.peak > max ? 'may-break' : 'holds';
  const full = outcome === 'breaks' ? prompt.reachedAt : outcome === 'may-break' ? lingering.reachedAt : null;
  const rate = (t: number) => flows.reduce((sum, flow) => sum + flow.rate(t), 0);
  return {
    outcome,
    max,
    prefilled,
    fullAfterSeconds: full,
    offeredRate: full === null ? timeCourse(rate, seconds).peak : rate(full),
    peakEntries: prompt.peak,
    peakEntriesUnreaped: lingering.peak,
    steadyEntries: steady(scenario.floods, flows, { prefilled, each, seconds }),
    floods: flows.map((flow, i) => ({
      name: scenario.floods[i]?.name ?? '',
      peakEntries: timeCourse((t) => each * entries(flow, t, 0), seconds).peak,
      leaves: flow.state,
      lingerSeconds: flow.linger,
    })),
  };
}

/**
 * Entries expected so many seconds into the load in a table without limit, prefilled ones included, when an expired entry
 * stays counted for another `reapSeconds`.
 */
export function expectedEntries(scenario: Scenario, reapSeconds = 0): (t: number) => number {
  const { conntrack, dataplane } = scenario.gateway;
  const flows = scenario.floods.map((flood) => flowOf(flood, conntrack.timeouts));
  const each = PLAN_DATAPLANES[dataplane];
  return (t) => flows.reduce((sum, flow) => sum + each * entries(flow, t, reapSeconds), prefillEntries(conntrack));
}

/** Connections of a flow that the table still knows. */
function entries(flow: Flow, t: number, reapSeconds: number): number {
  return flow.opened(t) - flow.ended(t - flow.linger - reapSeconds);
}

function steady(
  floods: readonly Flood[],
  flows: readonly Flow[],
  { prefilled, each, seconds }: { readonly prefilled: number; readonly each: number; readonly seconds: number },
): number | null {
  const last = Math.max(0, seconds - 1e-6); // schedules are over at their end
  let sum = prefilled;
  for (const [i, flow] of flows.entries()) {
    const rate = flow.rate(last);
    const isHeld = floods[i]?.kind === 'long';
    if (isHeld && rate > 0) return null;
    sum += each * (isHeld ? flow.opened(last) - flow.ended(last) : rate * flow.linger);
  }
  return Math.round(sum);
}
