import { levelAt, rateAt, totalArrivals } from '../../model/input/arrivals.ts';
import { SERVICES } from '../../model/input/lab.ts';
import { type ArrivalExecutor, type Flood, type HeldExecutor, shapeSeconds } from '../../model/input/scenario.ts';
import { entry } from '../../platform/remote/entry.ts';
import type { MachineFacts } from './machine.ts';

/** Sockets in one process, where descriptors allow: as far as it was measured. Hard limits of 20,000 are common. */
const MOST_SOCKETS = 20_000;
/** Descriptors for all else: what Node has open, listening sockets, connections whose end has not been noticed yet. */
const OTHER_DESCRIPTORS = 256;
/** Connections a second that a core begins at the very most, twice what was measured (results/bench.md): what is asked beyond is left out and needs no socket. */
const MOST_BEGUN_PER_CORE = 25_000;

export interface ProcessPlan {
  /** Processes that make the load. */
  readonly agents: number;
  /** Processes that answer it. */
  readonly backends: number;
  /** Most client sockets there can be at once: all floods at their peak, with every new connection unanswered. */
  readonly peakHeld: number;
}

/** What it pays to have rehearsed: each takes code of its own, on both ends. */
export type Protocol = 'http' | 'undici' | 'tcp' | 'websocket';

/** What the connections of `floods` are used for; those that are only opened, or not even that, count as bare TCP. Datagrams need none. */
export function protocolsOf(floods: readonly Flood[]): Protocol[] {
  const protocols = floods.filter(({ kind }) => kind !== 'udp').map(protocolOf);
  return [...new Set(protocols)].sort();
}

function protocolOf(flood: Flood): Protocol {
  if (flood.kind !== 'short' && flood.kind !== 'long') return 'tcp';
  return flood.protocol === 'http' && flood.client === 'undici' ? 'undici' : flood.protocol;
}

/** The command of an agent of `floods`: it rehearses as soon as it is started. */
export function agentCommand(floods: readonly Flood[]): string[] {
  return entry('processes/agent', ...protocolsOf(floods));
}

/** The same for a backend process that is to answer them. */
export function backendCommand(floods: readonly Flood[]): string[] {
  return entry('processes/backend', ...protocolsOf(floods));
}

/** How many processes `floods` need: one a core, two at least, more when descriptors ask for it. */
export function planProcesses(
  floods: readonly Flood[],
  { cpus, descriptors }: Pick<MachineFacts, 'cpus' | 'descriptors'>,
): ProcessPlan {
  const room = socketsPerProcess(descriptors);
  const socketsOf = (flood: Flood) => socketsAtPeak(flood, MOST_BEGUN_PER_CORE * cpus);
  const peakHeld = floods.reduce((sum, flood) => sum + socketsOf(flood), 0);
  const answered = floods.reduce((sum, flood) => sum + (flood.kind === 'stale' ? 0 : socketsOf(flood)), 0);
  // Floods go round the endpoints, and each of these is one process's.
  const endpointsEach = Math.max(1, Math.floor(room / (answered / SERVICES)));
  return {
    agents: Math.max(2, cpus, Math.ceil(peakHeld / room)),
    backends: Math.max(2, cpus, Math.ceil(SERVICES / endpointsEach)),
    peakHeld,
  };
}

/** How many sockets a process that may have `descriptors` is given at most. */
export function socketsPerProcess(descriptors: number): number {
  return Math.max(1, Math.min(MOST_SOCKETS, descriptors) - OTHER_DESCRIPTORS);
}

/** Most client sockets that `flood` can have at once when no more than `mostBegun` attempts a second are begun. */
export function socketsAtPeak(flood: Flood, mostBegun = Number.POSITIVE_INFINITY): number {
  if (flood.kind === 'half-open') return 0; // closed as soon as the SYN is out
  if (flood.kind === 'udp') return 0; // all its flows share a few sockets
  if (isHeld(flood.shape)) return peakLevel(flood.shape);
  if (flood.kind === 'long') return Math.ceil(mostArrivalsWithin(flood.shape, Number.POSITIVE_INFINITY, mostBegun));
  const seconds =
    flood.connectTimeoutSeconds + (flood.kind === 'short' && flood.protocol === 'http' ? flood.responseTimeoutSeconds : 0);
  return Math.ceil(mostArrivalsWithin(flood.shape, seconds, mostBegun));
}

export function isHeld(shape: Flood['shape']): shape is HeldExecutor {
  return shape.executor === 'constant-connections' || shape.executor === 'ramping-connections';
}

function peakLevel(shape: HeldExecutor): number {
  const ramp = shape.executor === 'constant-connections' ? [] : shape.stages.map((stage) => stage.target);
  return Math.max(levelAt(shape, 0), ...ramp);
}

/** Upper bound of the arrivals begun in any span of `seconds`. */
function mostArrivalsWithin(shape: ArrivalExecutor, seconds: number, mostBegun: number): number {
  const total = totalArrivals(shape);
  if (shape.executor === 'burst') return total;
  const span = Math.min(seconds, shapeSeconds(shape));
  const peakRate =
    shape.executor === 'constant-arrival-rate'
      ? shape.rate
      : Math.max(rateAt(shape, 0), ...shape.stages.map(({ target }) => target));
  return Math.min(total, Math.min(peakRate, mostBegun) * span);
}
