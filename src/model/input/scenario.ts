import type { Action } from './actions.ts';
import type { AddressFamily, LabFamily } from './address-family.ts';
import type { BackendSpec } from './backend.ts';
import type { LabDriver, Masquerade } from './dataplanes.ts';
import type { KubernetesSpec } from './existing/kubernetes.ts';
import type { ExternalSpec } from './external.ts';
import type { FindSpec } from './find-spec.ts';
import type { FloodKind } from './flood-kind.ts';
import { type ArrivalExecutor, type HeldExecutor, shapeSeconds } from './floods/shape.ts';
import type { OwnRules } from './rules.ts';
import type { Threshold } from './threshold.ts';
import type { Forwarding } from './tracking.ts';
import type { Variant } from './variants.ts';
import type { VmSpec } from './vm.ts';

/** A scenario after parsing, with every default filled in, durations in seconds and counts as plain numbers. */
export interface Scenario {
  readonly version: 1;
  /** Name of the run and of its results folder. */
  readonly name: string;
  /** One sentence on what the scenario shows; empty if there is none. */
  readonly description: string;
  /** Seed of random arrivals. */
  readonly seed: number;
  /** The three machines of the lab: client, gateway and backend. */
  readonly lab: {
    readonly driver: Driver;
    /** Addresses of all three; if absent, IPv4. */
    readonly family?: LabFamily;
    readonly vm?: VmSpec;
  };
  /** The gateway under test. */
  readonly gateway: GatewaySpec;
  readonly backend: BackendSpec;
  /** How the conntrack tables are monitored. */
  readonly probe: {
    /** Seconds between two samples. */
    readonly intervalSeconds: number;
    /** Whether a real node_exporter is scraped in the gateway's namespace; if absent, it is not. */
    readonly nodeExporter?: boolean;
  };
  /** The parts of the load, which all run at once. */
  readonly floods: readonly Flood[];
  /** What is done to the gateway's table while the load runs, in the order of the file; absent when nothing is. */
  readonly actions?: readonly Action[];
  /** Pass criteria. */
  readonly thresholds: readonly Threshold[];
  /** When the load ends before its time: as soon as its outcome is certain; if absent, never. */
  readonly stopWhen?: 'certain';
  /** How `ctload find` searches. */
  readonly find?: FindSpec;
  /** What `ctload matrix` compares. */
  readonly variants?: readonly Variant[];
  /** Name of the variant that the others are compared with; if absent, the first. */
  readonly baseline?: string;
}

/** A scenario for an existing gateway: nothing is known about it before the run, and nothing in it is changed. */
export interface ExternalScenario
  extends Omit<Scenario, 'lab' | 'gateway' | 'backend' | 'actions' | 'find' | 'variants' | 'baseline'> {
  readonly lab: ExternalSpec;
}

/** A scenario for a node of a Kubernetes cluster: client and backend are pods of ctload's, the gateway is the client's node. */
export interface KubernetesScenario extends Omit<ExternalScenario, 'lab'>, Pick<Scenario, 'backend'> {
  /** Where its pods run. */
  readonly lab: {
    /** How client, gateway and backend are built. */
    readonly driver: 'kubernetes';
    /** The cluster and the pods. */
    readonly kubernetes: KubernetesSpec;
  };
}

/** A scenario whose gateway exists before the run. */
export type ExistingScenario = ExternalScenario | KubernetesScenario;

export type AnyScenario = Scenario | ExistingScenario;

export function isExternal(scenario: AnyScenario): scenario is ExternalScenario {
  return scenario.lab.driver === 'external';
}

export function isKubernetes(scenario: AnyScenario): scenario is KubernetesScenario {
  return scenario.lab.driver === 'kubernetes';
}

/** Whether the gateway is not ctload's own: its settings are not the scenario's. */
export function isExisting(scenario: AnyScenario): scenario is ExistingScenario {
  return isExternal(scenario) || isKubernetes(scenario);
}

/** How client, gateway and backend are built. */
export type Driver = 'auto' | LabDriver;

/** How the gateway gets a table of this size: by the host's sysctls, or by ballast entries in its own table. */
export type CapacityMethod = 'auto' | 'sysctl' | 'ballast';

/** The gateway under test. */
export interface GatewaySpec extends Forwarding {
  /** Which connections get a source address of the gateway's; only where it translates addresses at all. */
  readonly masquerade: Masquerade;
  /** Source ports that it masquerades to, from FIRST_SNAT_PORT on; if absent, SNAT_PORTS. */
  readonly snatPorts?: number;
  /** Rules of the user's own; absent if there are none. */
  readonly rules?: OwnRules;
  readonly conntrack: ConntrackSpec;
}

/** The gateway's conntrack table. */
export interface ConntrackSpec {
  /** Maximum number of entries (nf_conntrack_max). */
  readonly max: number;
  /** Number of hash buckets (nf_conntrack_buckets); `auto` is one per entry, as on kernels ≥ 5.15. */
  readonly buckets: number | 'auto';
  readonly method: CapacityMethod;
  /** With method `auto`: seconds to wait for a lease where ballast would distort the load. */
  readonly leaseWaitSeconds: number;
  /** Stale entries in the table before the load starts: below 1 a share of `max`, else a number of entries. */
  readonly prefill: number;
  /** Timeouts in seconds by short name, e.g. `tcp_time_wait` for nf_conntrack_tcp_timeout_time_wait. */
  readonly timeouts: Readonly<Record<string, number>>;
}

interface FloodBase {
  readonly kind: FloodKind;
  /** Name of the flood: its key in the scenario file. */
  readonly name: string;
  /** Seconds from the start of the load to the start of the flood. */
  readonly startTimeSeconds: number;
  /** Spacing of arrivals: even, or random and reproducible from the seed. */
  readonly arrival: 'uniform' | 'poisson';
  /** Client addresses of its connections, as CIDR within SOURCE_POOL; absent: the client's one address. */
  readonly sources?: string;
  /** Over which family it connects; absent: over all that the lab has, in turn. */
  readonly family?: AddressFamily;
}

/** How connections are closed: with FIN by both ends, with RST, or with FIN by the backend only, while the client stays open. */
export type Close = 'fin' | 'rst' | 'half';

interface FloodCommon extends FloodBase {
  /** Time limit for establishing a connection, seconds. */
  readonly connectTimeoutSeconds: number;
}

/** Of a flood whose connections may go to fewer of the lab's destinations than all. */
interface Directed {
  /** Number of backend address:port pairs that its connections go to; absent: all of the lab's. */
  readonly destinations?: number;
}

export interface ShortFlood extends FloodCommon, Directed {
  readonly kind: 'short';
  /** `tcp`: connections are closed as soon as they are established, without sending anything. */
  readonly protocol: 'http' | 'tcp';
  /** HTTP client: ctload's own or undici. Both send the same bytes. */
  readonly client: 'direct' | 'undici';
  readonly shape: ArrivalExecutor;
  readonly close: Close;
  /** Response timeout, seconds. */
  readonly responseTimeoutSeconds: number;
  /** HTTP requests that each connection carries, evenly spread over its lifetime. */
  readonly requestsPerConnection: number;
  /** Seconds from connecting to closing; 0: as soon as the last response has come. */
  readonly lifetimeSeconds: number;
}

export interface LongFlood extends FloodCommon, Directed {
  readonly kind: 'long';
  /** `tcp`: plain connections on which nothing is sent, not even heartbeats. */
  readonly protocol: 'websocket' | 'tcp';
  /** With an arrival executor, connections are opened at that rate and held until the load ends. */
  readonly shape: ArrivalExecutor | HeldExecutor;
  /** Seconds between pings on each WebSocket. */
  readonly heartbeatSeconds: number;
}

export interface StaleFlood extends FloodCommon {
  readonly kind: 'stale';
  readonly shape: ArrivalExecutor;
}

/** One unanswered SYN each, whose entry stays SYN_SENT [UNREPLIED]. The client does not wait for anything. */
export interface HalfOpenFlood extends FloodBase {
  readonly kind: 'half-open';
  readonly shape: ArrivalExecutor;
}

/** Datagrams, each a flow with an entry of its own unless `flows` or the shape says otherwise. */
export interface UdpFlood extends FloodBase, Directed {
  readonly kind: 'udp';
  /** With a shape that holds connections, so many flows go on: each sends a datagram every heartbeat. */
  readonly shape: ArrivalExecutor | HeldExecutor;
  /** With such a shape: seconds between two datagrams of a flow. */
  readonly heartbeatSeconds?: number;
  /** Payload of each datagram and of its reply, bytes without headers. */
  readonly payloadSize: number;
  /** Whether the backend replies, as a DNS server does; if not, the client does not wait for anything. */
  readonly reply: boolean;
  /** Number of flows that the datagrams go round; absent: as many as there are datagrams. */
  readonly flows?: number;
  /** With `reply`: time limit for a reply, seconds. */
  readonly responseTimeoutSeconds?: number;
}

/** ICMP echo requests, each with an identifier and so an entry of its own, as health checks by ping. */
export interface IcmpFlood extends FloodBase {
  readonly kind: 'icmp';
  readonly shape: ArrivalExecutor;
  /** Bytes without headers. */
  readonly payloadSize: number;
  /** Time limit for a reply, seconds. */
  readonly responseTimeoutSeconds: number;
}

/** A and AAAA of a name, two queries at the same moment, of a service with two endpoints. */
export interface DnsFlood extends FloodBase {
  readonly kind: 'dns';
  /** When lookups start. */
  readonly shape: ArrivalExecutor;
  /** Time limit for both answers, seconds. */
  readonly responseTimeoutSeconds: number;
}

export type Flood = ShortFlood | LongFlood | StaleFlood | HalfOpenFlood | UdpFlood | IcmpFlood | DnsFlood;

/** Whether a flood sends UDP datagrams. */
export function sendsUdp({ kind }: Pick<Flood, 'kind'>): boolean {
  return kind === 'udp' || kind === 'dns';
}

/** Whether a flood's connections reach the backend's HTTP port but send neither a request nor an upgrade. */
export function sendsNothing(flood: Flood): boolean {
  return 'protocol' in flood && flood.protocol === 'tcp';
}

/** How many of `available` destinations the connections of a flood go to. */
export function destinationsOf(flood: Flood, available: number): number {
  const most = 'destinations' in flood ? (flood.destinations ?? available) : available;
  return Math.min(available, most);
}

/** Whether the connections of a flood outlast their first response. */
export function isKeptAlive({ requestsPerConnection, lifetimeSeconds }: ShortFlood): boolean {
  return requestsPerConnection > 1 || lifetimeSeconds > 0;
}

/** Seconds for which a connection of a flood that does not hold them stays open on purpose. */
export function openSeconds(flood: Flood): number {
  return flood.kind === 'short' ? flood.lifetimeSeconds : 0;
}

/** Seconds from the start of the load to the end of the last flood's schedule. */
export function loadSeconds(floods: readonly Flood[]): number {
  return Math.max(0, ...floods.map((flood) => flood.startTimeSeconds + shapeSeconds(flood.shape)));
}

/** Number of buckets for a table of `max` entries, before the kernel rounds up to whole pages. */
export function bucketsFor(spec: ConntrackSpec): number {
  return spec.buckets === 'auto' ? spec.max : spec.buckets;
}

/** Number of entries to add before the load starts. */
export function prefillEntries(spec: ConntrackSpec): number {
  return spec.prefill < 1 ? Math.floor(spec.prefill * spec.max) : spec.prefill;
}
