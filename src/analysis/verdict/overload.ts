import type { BackendSpec } from '../../model/input/backend.ts';
import type { Accounting } from '../../model/result/summary.ts';
import { type AttemptCounts, type FailureCause, totalFailed } from '../../model/timeline/attempt.ts';
import type { LoadRecord } from '../../model/timeline/sample.ts';
import type { Visibility } from '../../model/timeline/visibility.ts';
import type { CountsByCause } from '../causes/attribution.ts';
import { type Busy, busyWithin, othersCpuShare } from '../log/cpu.ts';
import { LOAD_BUCKET } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';

/** Share of all CPUs' time from which a machine has nothing left. */
const SATURATED = 0.95;
/** Share of all CPUs that ctload's own processes and the gateway's must take for it to be the lab that leaves nothing. */
const OWN = 0.5;
/** Seconds of the machine's records looked at, at the least: there are four per second. */
const LEAST_SPAN = 1;

/**
 * What a client, a gateway or a backend that waits for a CPU makes of connections. The other causes have an answer that says more:
 * no connection is refused, and no status is 500, because a CPU was busy.
 */
const STARVED = {
  answers: ['reset', 'response-timeout'],
  syns: ['connect-timeout', 'listen-overflow'],
} as const satisfies Record<string, readonly FailureCause[]>;
/** What a listening socket queues unless the scenario says otherwise. */
const USUAL_BACKLOG = 65_535;

export interface Overload extends Busy {
  /** Whose CPUs these are: the machine that the hosts share, or that of the gateway alone. */
  readonly of: 'lab' | 'gateway';
  /** Attempts that failed, were delayed or lost for which the lab had no CPU. */
  readonly attempts: number;
  /** What other programs took, at the least, as a share of all CPUs; undefined when it is not known. */
  readonly othersShare: number | undefined;
}

/**
 * Whether what went wrong is the lab's own doing: client, gateway and backend share one machine, ctload's processes left nothing
 * of its CPUs, or the gateway's own machine had none left, while the attempts that went wrong were due, and most of these went wrong in a way that waiting for a CPU explains.
 * Undefined when it is not, or cannot be known: where they are on machines of their own.
 */
export function overloadOf(
  { meta, loads, machine, gatewayMachine }: Pick<RunLog, 'meta' | 'loads' | 'machine' | 'gatewayMachine'>,
  visibility: Visibility,
  failures: CountsByCause,
  { delayed, disconnected }: Pick<AttemptCounts, 'delayed' | 'disconnected'>,
  { datagramsLost, timeWaitDropped }: Pick<Accounting, 'datagramsLost' | 'timeWaitDropped'>,
): Overload | undefined {
  const asked = askedFor(meta.scenario.backend);
  const failed = (causes: readonly FailureCause[]) =>
    causes.reduce((sum, cause) => sum + (asked.has(cause) ? 0 : (failures[cause] ?? 0)), 0);
  // A datagram without an answer is in both counts. SYNs that met TIME_WAIT are explained by that, however busy the lab is.
  const answers = Math.max(failed(STARVED.answers), datagramsLost);
  const syns = Math.max(0, failed(STARVED.syns) + (asked.has('connect-timeout') ? 0 : delayed) - timeWaitDropped);
  const attempts = answers + syns + disconnected;
  const all = Math.max(totalFailed({ failed: failures }), datagramsLost) + delayed + disconnected;
  if (!visibility.oneMachine || attempts === 0 || attempts < all / 2) return undefined;
  const when = whenBad(loads);
  const ofGateway = busyWithin(gatewayMachine, ...when);
  if (ofGateway !== undefined && ofGateway.cpuShare >= SATURATED)
    return { ...ofGateway, attempts, of: 'gateway', othersShare: 0 };
  const busy = busyWithin(machine, ...when);
  if (busy === undefined || busy.cpuShare < SATURATED || busy.ctloadShare + (busy.gatewayShare ?? 0) < OWN) return undefined;
  return { ...busy, attempts, of: 'lab', othersShare: othersCpuShare(visibility, busy) };
}

/** What the scenario asks of its backend, busy or not. */
function askedFor({ delaySeconds, backlog }: Partial<BackendSpec> = {}): ReadonlySet<FailureCause> {
  const asked = new Set<FailureCause>();
  if (delaySeconds !== undefined && delaySeconds > 0) asked.add('response-timeout');
  if (backlog !== undefined && backlog < USUAL_BACKLOG) asked.add('connect-timeout').add('listen-overflow');
  return asked;
}

/** From the first to the last intended start of attempts that went wrong; lost datagrams have no time, then it is the whole load. */
function whenBad(loads: readonly LoadRecord[]): [from: number, to: number] {
  const bad = loads.filter(({ failed, delayed = 0, disconnected = 0 }) => failed !== undefined || delayed + disconnected > 0);
  const due = bad.length > 0 ? bad : loads.filter(({ attempted = 0 }) => attempted > 0);
  const from = due[0]?.t ?? 0;
  return [from, Math.max(from + LEAST_SPAN, (due.at(-1)?.t ?? 0) + LOAD_BUCKET)];
}
