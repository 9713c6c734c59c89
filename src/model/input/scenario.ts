import type { BackendSpec } from './backend.ts';
import type { ExternalSpec } from './external.ts';
import type { FindSpec } from './find-spec.ts';
import type { FloodKind } from './flood-kind.ts';
import type { Threshold } from './threshold.ts';

/** A scenario after parsing: every default filled in, durations in seconds, counts as plain numbers. */
export interface Scenario {
  readonly version: 1;
  /** Names the results folder. */
  readonly name: string;
  /** Shown in reports; empty when there is none. */
  readonly description: string;
  /** Of random arrivals. */
  readonly seed: number;
  /** The three machines. */
  readonly lab: { readonly driver: Driver };
  /** The machine under test. */
  readonly gateway: { readonly dataplane: Dataplane; readonly conntrack: ConntrackSpec };
  readonly backend: BackendSpec;
  /** How the gateway's table is watched. */
  readonly probe: {
    /** Between two samples. */
    readonly intervalSeconds: number;
  };
  /** What makes up the load. */
  readonly floods: readonly Flood[];
  /** Pass criteria. */
  readonly thresholds: readonly Threshold[];
  /** How `ctload find` searches. */
  readonly find?: FindSpec;
}

/** The same for a gateway that ctload has not built: nothing is known of it before, and nothing of it is changed. */
export interface ExternalScenario extends Omit<Scenario, 'lab' | 'gateway' | 'backend' | 'find'> {
  readonly lab: ExternalSpec;
}

export type AnyScenario = Scenario | ExternalScenario;

export function isExternal(scenario: AnyScenario): scenario is ExternalScenario {
  return scenario.lab.driver === 'external';
}

// Of the next three only what is built: the parser refuses the other values of design.md as "not supported yet".

/** How the lab is built. */
export type Driver = 'auto' | 'netns' | 'docker';
/** What the gateway does with packets. */
export type Dataplane = 'iptables' | 'nftables' | 'proxy';
/** How the gateway gets a small table. */
export type CapacityMethod = 'auto' | 'sysctl' | 'ballast';

/** The gateway's table. */
export interface ConntrackSpec {
  /** Entries the gateway's table may hold. */
  readonly max: number;
  /** Hash buckets; `auto` is one per entry, as on kernels ≥ 5.15. */
  readonly buckets: number | 'auto';
  readonly method: CapacityMethod;
  /** Below 1 a share of `max`, else a number of stale entries present before the load starts. */
  readonly prefill: number;
  /** Seconds by `nf_conntrack_` sysctl suffix without the `_timeout` part, e.g. `tcp_time_wait`. */
  readonly timeouts: Readonly<Record<string, number>>;
}

/** From the level before it evenly to `target`. */
export interface Stage {
  /** How long that takes. */
  readonly durationSeconds: number;
  /** Arrivals a second, or connections held. */
  readonly target: number;
}

interface Lasting {
  /** How long it goes on. */
  readonly durationSeconds: number;
}

interface Staged {
  /** One after the other. */
  readonly stages: readonly Stage[];
}

interface Counted {
  /** How many there are. */
  readonly connections: number;
}

/** The arrival shapes: open model, arrivals a second. */
export type ArrivalExecutor =
  | (Lasting & {
      readonly executor: 'constant-arrival-rate';
      /** Arrivals a second. */
      readonly rate: number;
    })
  | (Staged & {
      readonly executor: 'ramping-arrival-rate';
      /** Arrivals a second before the first stage. */
      readonly startRate: number;
    })
  | (Counted & { readonly executor: 'burst' });

/** The held shapes: a number of connections kept open. */
export type HeldExecutor =
  | (Counted & Lasting & { readonly executor: 'constant-connections' })
  | (Staged & {
      readonly executor: 'ramping-connections';
      /** Connections held before the first stage. */
      readonly startConnections: number;
    });

interface FloodBase {
  readonly kind: FloodKind;
  /** Its key in the scenario file. */
  readonly name: string;
  /** Seconds after the start of the load. */
  readonly startTimeSeconds: number;
  /** How arrivals are spread. */
  readonly arrival: 'uniform' | 'poisson';
}

interface FloodCommon extends FloodBase {
  /** After how long an attempt that is not connected is given up. */
  readonly connectTimeoutSeconds: number;
}

export interface ShortFlood extends FloodCommon {
  readonly kind: 'short';
  /** `tcp`: connected and closed, nothing sent. */
  readonly protocol: 'http' | 'tcp';
  /** Who makes the HTTP requests: ctload itself, or undici. The bytes sent are the same. */
  readonly client: 'direct' | 'undici';
  readonly shape: ArrivalExecutor;
  /** How connections end. */
  readonly close: 'fin' | 'rst';
  /** After how long a request without an answer is given up. */
  readonly responseTimeoutSeconds: number;
}

export interface LongFlood extends FloodCommon {
  readonly kind: 'long';
  /** `tcp`: a bare connection on which nothing is sent, heartbeats neither. */
  readonly protocol: 'websocket' | 'tcp';
  /** With an arrival executor sockets are opened at that rate and held until the load ends. */
  readonly shape: ArrivalExecutor | HeldExecutor;
  /** Seconds between pings on each WebSocket. */
  readonly heartbeatSeconds: number;
}

export interface StaleFlood extends FloodCommon {
  readonly kind: 'stale';
  readonly shape: ArrivalExecutor;
}

/** One SYN each, never answered: its entry stays SYN_SENT and unreplied. Nothing is waited for. */
export interface HalfOpenFlood extends FloodBase {
  readonly kind: 'half-open';
  readonly shape: ArrivalExecutor;
}

/** One datagram a flow, each a new entry. */
export interface UdpFlood extends FloodBase {
  readonly kind: 'udp';
  readonly shape: ArrivalExecutor;
  /** Bytes of a datagram, headers not counted; an answer is as long. */
  readonly payloadSize: number;
  /** Whether the backend answers, as a DNS server does; else nothing is waited for. */
  readonly reply: boolean;
  /** With `reply`: after how long a datagram without an answer is given up. */
  readonly responseTimeoutSeconds?: number;
}

export type Flood = ShortFlood | LongFlood | StaleFlood | HalfOpenFlood | UdpFlood;

/** Whether a flood's connections reach the backend's HTTP port without a request or an upgrade. */
export function sendsNothing(flood: Flood): boolean {
  return (flood.kind === 'short' || flood.kind === 'long') && flood.protocol === 'tcp';
}

/** Seconds from a flood's own start to its last scheduled arrival or change of level. A burst takes none. */
export function shapeSeconds(shape: Flood['shape']): number {
  switch (shape.executor) {
    case 'constant-arrival-rate':
    case 'constant-connections':
      return shape.durationSeconds;
    case 'ramping-arrival-rate':
    case 'ramping-connections':
      return shape.stages.reduce((sum, stage) => sum + stage.durationSeconds, 0);
    case 'burst':
      return 0;
  }
}

/** Seconds from the start of the load to the end of the last flood's schedule. */
export function loadSeconds(floods: readonly Flood[]): number {
  return Math.max(0, ...floods.map((flood) => flood.startTimeSeconds + shapeSeconds(flood.shape)));
}

/** Buckets for a table of `max` entries before the kernel rounds up to whole pages. */
export function bucketsFor(spec: ConntrackSpec): number {
  return spec.buckets === 'auto' ? spec.max : spec.buckets;
}

/** Entries to put in before the load starts. */
export function prefillEntries(spec: ConntrackSpec): number {
  return spec.prefill < 1 ? Math.floor(spec.prefill * spec.max) : spec.prefill;
}
