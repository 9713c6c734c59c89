import type { Reason, Stretch } from '../../model/result/findings.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { AttemptCounts } from '../../model/timeline/attempt.ts';
import { type CountsByCause, generatorFailures } from '../causes/attribution.ts';
import type { Busy } from '../log/cpu.ts';
import type { Overload } from './overload.ts';
import type { Pace } from './pace.ts';
import { type LowerLoadInputs, suggestLowerLoad } from './remedy.ts';

/** Share of the attempts that may fail or be delayed in a load that is still said to be held. */
export const NEGLIGIBLE = 0.001;
/** Share of the schedule a generator may leave out. */
const LEFT_OUT = 0.01;
/** Share of what was due that must have started in time: less is a slower load than the one asked for. */
const LEAST_PACE = 0.85;
/** Share of the time since they were due that attempts may have waited; a single stall of 0.3 s makes 4 % of a second. */
const MOST_WAITED = 0.1;
/** Packets lost by the machine itself, for each attempt, from which on clients feel more than the gateway's table. */
const LOST = 0.01;
/** CPU share of one core from which an agent has nothing left. */
const SATURATED = 0.9;

export interface Effort extends Omit<LowerLoadInputs, 'rate' | 'agents'> {
  readonly counts: AttemptCounts;
  readonly failures: CountsByCause;
  readonly pace: Pace | undefined;
  /** What `counts`, `failures` and `pace` are about. */
  readonly when: Stretch;
  readonly generator: Summary['generator'];
  /** During the load; undefined when it is not known. */
  readonly busy: Busy | undefined;
  /** Packets the machine lost between its namespaces, of the whole run. */
  readonly backlogDropped: number;
  /** Attempts started in the whole run. */
  readonly started: number;
  /** Connections whose agents were too busy to notice them in time, of the whole run. */
  readonly noticedLate: number;
  /** What the lab had no CPU for; undefined when that was not it. */
  readonly overload: Overload | undefined;
}

/** Why the load was not the one asked for, and what to do about it; empty when the generator kept up. */
export function generatorTroubles(effort: Effort): Reason[] {
  const tooMuch = [...paceTroubles(effort), ...lateTroubles(effort), ...backlogTroubles(effort), ...overloadTroubles(effort)];
  const troubles = [...tooMuch, ...(tooMuch.length === 0 ? [] : [lowerLoad(effort)]), ...ownFailures(effort)];
  return troubles.length === 0 ? [] : [...troubles, ...state(effort)];
}

function lowerLoad(effort: Effort): Reason {
  const options = suggestLowerLoad({ ...effort, rate: effort.pace?.rate, agents: effort.generator.agents });
  return { code: 'lower-load', figures: { options } };
}

function paceTroubles({ counts: { attempted, notStarted }, pace, when }: Effort): Reason[] {
  const found: Reason[] = [];
  const scheduled = attempted + notStarted;
  if (notStarted > LEFT_OUT * scheduled) found.push({ code: 'not-started', figures: { notStarted, scheduled, when } });
  if (pace === undefined) return found;
  if (pace.started < LEAST_PACE * pace.scheduled) {
    const { started, scheduled: due, until: atSeconds } = pace;
    found.push({ code: 'behind-schedule', figures: { started, scheduled: due, atSeconds } });
  } else if (pace.waitedShare > MOST_WAITED) {
    const { scheduled: due, waitedShare, until: untilSeconds } = pace;
    found.push({ code: 'starts-waited', figures: { scheduled: due, waitedShare, untilSeconds } });
  }
  return found;
}

function lateTroubles({ noticedLate, started }: Effort): Reason[] {
  return noticedLate <= NEGLIGIBLE * started ? [] : [{ code: 'noticed-late', figures: { connections: noticedLate } }];
}

function overloadTroubles({ overload, started, cpus }: Effort): Reason[] {
  if (overload === undefined || overload.attempts <= NEGLIGIBLE * started) return [];
  const { attempts, cpuShare, ctloadShare, othersShare } = overload;
  if (overload.of === 'gateway') return [{ code: 'gateway-overloaded', figures: { attempts, cpuShare } }];
  return [{ code: 'lab-overloaded', figures: { attempts, cpus, cpuShare, ctloadShare, othersShare } }];
}

function ownFailures({ counts, failures, when }: Effort): Reason[] {
  const attempts = generatorFailures(failures);
  if (attempts <= NEGLIGIBLE * counts.attempted) return [];
  return [
    { code: 'sockets-exhausted', figures: { attempts, when } },
    { code: 'more-sockets', figures: {} },
  ];
}

function backlogTroubles({ backlogDropped: packets, started: attempts }: Effort): Reason[] {
  return packets <= LOST * attempts ? [] : [{ code: 'backlog-dropped', figures: { packets, attempts } }];
}

/** What the generator looked like, for a reader who wonders where its time went. */
function state({ generator, cpus, busy, others }: Effort): Reason[] {
  const { cpuShare: busiestShare, eventLoopDelayP99Ms, scheduleLagP99Ms, agents } = generator;
  if (busiestShare === null || eventLoopDelayP99Ms === null) return [];
  const saturated = busiestShare >= SATURATED;
  const machine =
    busy === undefined ? undefined : { cpuShare: busy.cpuShare, ctloadShare: busy.ctloadShare, othersShare: others };
  const figures = { agents, cpus, busiestShare, saturated, machine, eventLoopDelayP99Ms, scheduleLagP99Ms };
  return [{ code: 'generator-state', figures }];
}
