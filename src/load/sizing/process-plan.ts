import { levelAt, rateAt, totalArrivals } from '../../model/input/arrivals.ts';
import { isDatagrams } from '../../model/input/flood-kind.ts';
import { type ArrivalExecutor, type HeldExecutor, shapeSeconds } from '../../model/input/floods/shape.ts';
import { SERVICES } from '../../model/input/lab.ts';
import { destinationsOf, type Flood, openSeconds } from '../../model/input/scenario.ts';
import type { MachineFacts } from './machine.ts';

/** Sockets per process, where descriptors allow: as many as were measured. Hard limits of 20,000 are common. */
const MOST_SOCKETS = 20_000;
/** Descriptors for everything else: Node.js itself, listening sockets, connections whose end has not been noticed yet. */
const OTHER_DESCRIPTORS = 256;
/** New connections per second and core that no generator exceeds: twice the measured rate (results/bench.md). Attempts beyond it are never started and need no socket. */
const MOST_STARTED_PER_CORE = 25_000;

export interface ProcessPlan {
  /** Number of processes that generate the load. */
  readonly agents: number;
  /** Number of processes that answer the load. */
  readonly backends: number;
  /** Maximum number of client sockets open at once: all floods at their peak, with every new connection unanswered. */
  readonly peakHeld: number;
}

/** What processes warm up for: each has code of its own, on both ends. */
export type Protocol = 'http' | 'undici' | 'tcp' | 'websocket';

/** Protocols of the connections of `floods`; those that send nothing count as bare TCP. Datagrams need no warm-up. */
export function protocolsOf(floods: readonly Flood[]): Protocol[] {
  const protocols = floods.filter(({ kind }) => !isDatagrams(kind)).map(protocolOf);
  return [...new Set(protocols)].sort();
}

function protocolOf(flood: Flood): Protocol {
  if (flood.kind !== 'short' && flood.kind !== 'long') return 'tcp';
  return flood.protocol === 'http' && flood.client === 'undici' ? 'undici' : flood.protocol;
}

/** How many processes `floods` need: one per core, at least two, more where descriptors require it. */
export function planProcesses(
  floods: readonly Flood[],
  { cpus, descriptors }: Pick<MachineFacts, 'cpus' | 'descriptors'>,
): ProcessPlan {
  const room = socketsPerProcess(descriptors);
  const socketsOf = (flood: Flood) => socketsAtPeak(flood, MOST_STARTED_PER_CORE * cpus);
  const peakHeld = floods.reduce((sum, flood) => sum + socketsOf(flood), 0);
  const answering = floods.filter(({ kind }) => kind !== 'stale');
  /** At the endpoint that most of them go to. */
  const answered = answering.reduce((sum, flood) => sum + socketsOf(flood) / destinationsOf(flood, SERVICES), 0);
  // Floods rotate across the endpoints, and each endpoint belongs to one process.
  const endpointsEach = Math.max(1, Math.floor(room / answered));
  return {
    agents: Math.max(2, cpus, Math.ceil(peakHeld / room)),
    backends: Math.min(SERVICES, Math.max(2, cpus, Math.ceil(SERVICES / endpointsEach))),
    peakHeld,
  };
}

/** Sockets that a process with `descriptors` gets at most. */
export function socketsPerProcess(descriptors: number): number {
  return Math.max(1, Math.min(MOST_SOCKETS, descriptors) - OTHER_DESCRIPTORS);
}

/** Client sockets that `flood` has open at once at most, when no more than `mostStarted` attempts per second are started. */
export function socketsAtPeak(flood: Flood, mostStarted = Number.POSITIVE_INFINITY): number {
  if (flood.kind === 'half-open') return 0; // closed as soon as the SYN is out
  if (flood.kind === 'dns') return 0; // few, and for as long as an answer takes
  if (flood.kind === 'udp' || flood.kind === 'icmp') return 0; // all its flows share a few sockets
  if (isHeld(flood.shape)) return peakLevel(flood.shape);
  if (keepsSockets(flood)) return Math.ceil(mostArrivalsWithin(flood.shape, Number.POSITIVE_INFINITY, mostStarted));
  const seconds =
    flood.connectTimeoutSeconds +
    openSeconds(flood) +
    (flood.kind === 'short' && flood.protocol === 'http' ? flood.responseTimeoutSeconds : 0);
  return Math.ceil(mostArrivalsWithin(flood.shape, seconds, mostStarted));
}

/** Whether the client keeps the sockets of a flood until the load ends, or its level falls. */
export function keepsSockets(flood: Flood): boolean {
  return flood.kind === 'long' || (flood.kind === 'short' && flood.close === 'half');
}

export function isHeld(shape: Flood['shape']): shape is HeldExecutor {
  return shape.executor === 'constant-connections' || shape.executor === 'ramping-connections';
}

/** Most connections or flows open at once. */
export function peakLevel(shape: HeldExecutor): number {
  const ramp = shape.executor === 'constant-connections' ? [] : shape.stages.map((stage) => stage.target);
  return Math.max(levelAt(shape, 0), ...ramp);
}

/** Upper bound of the attempts started within any `seconds`. */
function mostArrivalsWithin(shape: ArrivalExecutor, seconds: number, mostStarted: number): number {
  const total = totalArrivals(shape);
  if (shape.executor === 'burst') return total;
  const span = Math.min(seconds, shapeSeconds(shape));
  const peakRate =
    shape.executor === 'constant-arrival-rate'
      ? shape.rate
      : Math.max(rateAt(shape, 0), ...shape.stages.map(({ target }) => target));
  return Math.min(total, Math.min(peakRate, mostStarted) * span);
}
