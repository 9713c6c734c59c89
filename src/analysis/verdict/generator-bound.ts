import type { Summary } from '../../model/result/summary.ts';
import type { AttemptCounts, FailureCause } from '../../model/timeline/attempt.ts';
import { generatorFailures } from '../causes/attribution.ts';
import { percent } from '../statistics/percent.ts';
import type { Busy, Overload } from './overload.ts';
import type { Pace } from './pace.ts';
import { type LowerLoadInputs, suggestLowerLoad } from './remedy.ts';

/** Share of the attempts that may fail or be delayed in a load that is still said to be held. */
export const NEGLIGIBLE = 0.001;
/** Share of the schedule a generator may leave out. */
const LEFT_OUT = 0.01;
/** Share of what was due that must have begun in time: less is a slower load than the one asked for. */
const LEAST_PACE = 0.85;
/** Share of the time since they were due that attempts may have waited; a single stall of 0.3 s makes 4 % of a second. */
const MOST_WAITED = 0.1;
/** Packets lost by the machine itself, for each attempt, from which on clients feel more than the gateway's table. */
const LOST = 0.01;
/** CPU share of one core from which an agent has nothing left. */
const SATURATED = 0.9;

export interface Effort extends Omit<LowerLoadInputs, 'rate' | 'agents'> {
  readonly counts: AttemptCounts;
  readonly failures: Partial<Record<FailureCause, number>>;
  readonly pace: Pace | undefined;
  /** `before the break`, `of the whole load`. */
  readonly when: string;
  readonly generator: Summary['generator'];
  /** During the load; undefined when it is not known. */
  readonly busy: Busy | undefined;
  /** Packets the machine lost between its namespaces, of the whole run. */
  readonly backlogDropped: number;
  /** Attempts begun in the whole run. */
  readonly begun: number;
  /** Connections whose agents were too busy to notice them in time, of the whole run. */
  readonly noticedLate: number;
  /** What the lab had no CPU for; undefined when that was not it. */
  readonly overload: Overload | undefined;
}

/** Why the load was not the one asked for, and what to do about it; empty when the generator kept up. */
export function generatorTroubles(effort: Effort): string[] {
  const tooMuch = [...paceTroubles(effort), ...lateTroubles(effort), ...backlogTroubles(effort), ...overloadTroubles(effort)];
  const remedy =
    tooMuch.length === 0
      ? []
      : [`What to do: ${suggestLowerLoad({ ...effort, rate: effort.pace?.rate, agents: effort.generator.agents })}.`];
  const troubles = [...tooMuch, ...remedy, ...ownFailures(effort)];
  return troubles.length === 0 ? [] : [...troubles, ...state(effort)];
}

function paceTroubles({ counts, pace, when }: Effort): string[] {
  const found: string[] = [];
  const scheduled = counts.attempted + counts.notStarted;
  if (counts.notStarted > LEFT_OUT * scheduled) {
    found.push(
      `The generator was the limit: it could not start ${counts.notStarted} of ${scheduled} attempts in time (${percent(counts.notStarted / scheduled)} ${when}).`,
    );
  }
  if (pace !== undefined && pace.begun < LEAST_PACE * pace.scheduled) {
    found.push(
      `The generator was the limit: it had begun ${pace.begun} of the ${pace.scheduled} attempts due (${percent(pace.begun / pace.scheduled)}) ${pace.until.toFixed(1)} s into it.`,
    );
  } else if (pace !== undefined && pace.waitedShare > MOST_WAITED) {
    found.push(
      `The generator was the limit: in the first ${pace.until.toFixed(1)} s the ${pace.scheduled} attempts due waited to be begun for ${percent(pace.waitedShare)} of the time.`,
    );
  }
  return found;
}

function lateTroubles({ noticedLate, begun }: Effort): string[] {
  if (noticedLate <= NEGLIGIBLE * begun) return [];
  return [
    `The generator was the limit: it noticed ${noticedLate} connections as late as if their SYN had been repeated, which the kernel did not.`,
  ];
}

function overloadTroubles({ overload, begun, cpus }: Effort): string[] {
  if (overload === undefined || overload.attempts <= NEGLIGIBLE * begun) return [];
  const { attempts, cpuShare, ctloadShare } = overload;
  return [
    `The lab was the limit: client, gateway and backend share ${cpus} cores, which were ${percent(cpuShare)} busy (ctload's processes: ${percent(ctloadShare)}) when ${attempts} attempts failed, were delayed or got lost. A gateway and a backend with cores of their own might have served them.`,
  ];
}

function ownFailures({ counts, failures, when }: Effort): string[] {
  const own = generatorFailures(failures);
  if (own <= NEGLIGIBLE * counts.attempted) return [];
  return [
    `The generator was the limit: ${own} attempts found no local port or descriptor (${when}).`,
    'What to do: a shorter run or a lower rate for ports (one address has 45,536 to each destination, and TIME_WAIT keeps one for 60 s), a higher `ulimit -n` for descriptors.',
  ];
}

function backlogTroubles({ backlogDropped, begun }: Effort): string[] {
  if (backlogDropped <= LOST * begun) return [];
  return [
    `The generator was the limit: its machine lost ${backlogDropped} packets between the namespaces, for ${begun} attempts (full backlog queues, net.core.netdev_max_backlog).`,
  ];
}

/** What the generator looked like, for whoever wonders where its time went. */
function state({ generator, cpus, busy }: Effort): string[] {
  const { cpuShare, eventLoopDelayP99Ms, scheduleLagP99Ms, agents } = generator;
  if (cpuShare === null || eventLoopDelayP99Ms === null) return [];
  const most = cpuShare >= SATURATED ? ' (saturated)' : '';
  const lag = scheduleLagP99Ms === null ? '' : `, attempts up to ${Math.round(scheduleLagP99Ms)} ms late (p99)`;
  const machine =
    busy === undefined ? '' : `; all cores together ${percent(busy.cpuShare)} (ctload's processes ${percent(busy.ctloadShare)})`;
  return [
    `Its ${agents} agents on ${cpus} cores: the busiest used ${percent(cpuShare)} of a core${most}${machine}, event-loop delay ${Math.round(eventLoopDelayP99Ms)} ms (p99)${lag}.`,
  ];
}
