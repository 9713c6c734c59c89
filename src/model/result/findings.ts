import type { FailureCause } from '../timeline/attempt.ts';
import type { TableOwner } from '../timeline/sample.ts';

/** A table of the path that is not the gateway's. */
export type OtherTable = Exclude<TableOwner, 'gateway'>;

/** Which part of the load a finding is about. */
export type Stretch = 'whole-load' | 'before-break';

/** What a verdict can rest on, by code; `report/wording` has a sentence for each. Times are seconds after the load started, shares 0 to 1. */
export interface ReasonFigures {
  // What keeps the record from proving anything.
  'capacity-changed': { readonly detail: string | undefined };
  /** An action of the scenario could not be carried out. */
  'action-failed': { readonly detail: string | undefined };
  'process-lost': { readonly detail: string | undefined };
  'client-lost': { readonly detail: string | undefined };
  'recording-truncated': Nothing;
  /** Entries that no timeout, garbage collection or early drop can have removed. */
  'entries-vanished': { readonly entries: number; readonly atSeconds: number };
  /** Ballast and prefill, added and left at the end of the load. */
  'synthetic-entries-missing': { readonly put: number; readonly left: number };
  'settings-changed': { readonly changes: readonly SettingChange[] };
  'run-failed': { readonly detail: string | undefined };
  'table-not-sampled': Nothing;
  'table-not-monitored': Nothing;
  'drops-not-counted': Nothing;
  'connections-shared': { readonly connectionsPerRequest: number };
  'other-table-dropped': {
    readonly table: OtherTable;
    readonly drops: number;
    readonly atSeconds: number;
    /** Whether it can be listed among the gateways (`lab.conntrack`), and is then judged like them. */
    readonly listable: boolean;
  };
  'load-not-in-table': Nothing;
  /** Entries that appeared although the gateway's dataplane takes the load past conntrack. */
  'load-in-table': { readonly dataplane: string; readonly entries: number };
  'inserts-refused': { readonly insertFailed: number };
  'impossible-entries': { readonly entries: number; readonly atSeconds: number; readonly capacity: number };
  'drops-unconfirmed': { readonly kernelDrops: number; readonly atSeconds: number };
  'counters-disagree': {
    readonly kernelDrops: number;
    readonly explainedByClients: number;
    readonly ratio: number;
    readonly clientsSaw: 'less' | 'more';
  };
  // Why a breaking point is only a bound, and what ballast does not put in doubt.
  'ballast-delays-expiry': { readonly fromSeconds: number; readonly atSeconds: number };
  'ballast-prevents-eviction': { readonly atSeconds: number };
  'held-with-ballast': Nothing;
  'entries-ended-early': {
    /** At the least. */
    readonly entries: number;
    readonly fromSeconds: number;
    readonly untilSeconds: number;
    readonly held: boolean;
  };
  'clock-uncertain': { readonly errorSeconds: number; readonly driftSeconds: number; readonly atSeconds: number };
  'samples-missing': {
    readonly fromSeconds: number;
    readonly toSeconds: number;
    /** Scheduled start of the first affected attempt, if that is known better than `toSeconds`. */
    readonly firstAffectedSeconds: number | null;
  };
  'peak-uncertain': { readonly fromSeconds: number; readonly toSeconds: number };
  // What proves a break.
  'table-full': {
    readonly entries: number;
    readonly capacity: number;
    readonly atSeconds: number;
    /** Of several the one that dropped first, or those that cannot be told apart. */
    readonly gateways?: readonly string[];
  };
  /** Drops of several gateways, in order of time. */
  'gateways-dropped': { readonly drops: readonly GatewayDrops[]; readonly total: number };
  'drops-accounted-for': DropAccount;
  /** Of a live gateway: what its table dropped of this load, and of others' packets. */
  'other-traffic-dropped': {
    readonly kernelDrops: number;
    readonly explainedByClients: number;
    readonly synRetransmissions: number;
    readonly abandoned: number;
    readonly others: number;
    readonly othersShare: number;
  };
  'late-segments-dropped': {
    readonly drops: number;
    readonly laterRetransmissions: number;
    readonly laterResets: number;
    /** Drops that nothing is known of: part of the tolerance. */
    readonly unknown: number;
  };
  'other-tables-clean': { readonly tables: readonly OtherTable[] };
  'first-affected': { readonly atSeconds: number };
  'kernel-logged': { readonly lines: number };
  'awaited-flows-evicted': {
    readonly evicted: number;
    readonly fromSeconds: number;
    readonly failed: number;
    readonly delayed: number;
  };
  'evictions-accounted-for': EndedAtGateway & { readonly affected: number };
  'hash-chains-full': HashChains & { readonly refused: number; readonly fromSeconds: number; readonly capacity: number };
  'refusals-accounted-for': {
    readonly refused: number;
    readonly insertFailed: number;
    readonly synRetransmissions: number;
    readonly abandoned: number;
    readonly halfOpenLost: number;
    readonly datagramsLost: number;
  };
  /** Masquerade found no free source port for packets although the table had room. */
  'snat-ports-exhausted': SpentPorts & {
    readonly peakEntries: number;
    readonly capacity: number;
  };
  'clashes-accounted-for': ReasonFigures['refusals-accounted-for'];
  'more-source-ports': { readonly ports: number };
  'more-buckets': { readonly buckets: number; readonly enough: number };
  'machine-lost-packets': { readonly excess: number; readonly backlogDropped: number };
  /** What named counters of the user's own rules counted, and how much of it clients lost. */
  'dropped-by-rules': {
    readonly packets: number;
    readonly counters: readonly { readonly name: string; readonly packets: number }[];
    readonly lost: number;
  };
  'listen-queue-dropped': { readonly listenDropped: number };
  'early-drop': { readonly evicted: number; readonly explainsRatio: boolean };
  // What shows that nothing was dropped, and what went wrong all the same.
  /** The gateway's dataplane takes the load past conntrack, and the table shows that it did. */
  'load-untracked': { readonly dataplane: string; readonly attempts: number };
  'nothing-dropped': {
    readonly peakEntries: number;
    readonly capacity: number;
    /** Of several gateways the one that this is about, and how many there are. */
    readonly fullest?: string;
    readonly of?: number;
  };
  'unawaited-flows-evicted': { readonly evicted: number; readonly fromSeconds: number };
  'all-succeeded': { readonly attempts: number };
  'some-failed': {
    readonly failed: number;
    readonly attempted: number;
    readonly causes: readonly { readonly cause: FailureCause; readonly failed: number }[];
  };
  interrupted: Nothing;
  'no-attempts': Nothing;
  'failures-unexplained': { readonly tableKnown: boolean; readonly tables: TablesInSight };
  'retransmissions-unexplained': {
    readonly connections: number;
    readonly timeWaitDropped: number;
    readonly tableKnown: boolean;
    readonly tables: TablesInSight;
  };
  'datagrams-unexplained': {
    readonly datagramsLost: number;
    readonly tableKnown: boolean;
    readonly tables: TablesInSight;
  };
  'held-closed-early': { readonly connections: number };
  /** Held connections that closed after an action had deleted their entries, and the resets that account for them. */
  'held-lost-by-deletion': {
    readonly connections: number;
    readonly atSeconds: number;
    readonly clientResets: number;
    readonly backendResets: number;
  };
  'threshold-stopped': {
    readonly atSeconds: number;
    /** Undefined in records of earlier versions, which have `detail` only. */
    readonly crossed: { readonly metric: string; readonly expression: string; readonly observed: number } | undefined;
    readonly detail: string | undefined;
  };
  // Why the load was not the one asked for.
  'not-started': { readonly notStarted: number; readonly scheduled: number; readonly when: Stretch };
  'behind-schedule': { readonly started: number; readonly scheduled: number; readonly atSeconds: number };
  'starts-waited': { readonly scheduled: number; readonly waitedShare: number; readonly untilSeconds: number };
  'noticed-late': { readonly connections: number };
  'backlog-dropped': { readonly packets: number; readonly attempts: number };
  'lab-overloaded': {
    readonly attempts: number;
    readonly cpus: number;
    readonly cpuShare: number;
    readonly ctloadShare: number;
    readonly othersShare: number | undefined;
  };
  'gateway-overloaded': { readonly attempts: number; readonly cpuShare: number };
  'lower-load': { readonly options: readonly Remedy[] };
  'sockets-exhausted': { readonly attempts: number; readonly when: Stretch };
  'more-sockets': Nothing;
  'generator-state': {
    readonly agents: number;
    readonly cpus: number;
    readonly busiestShare: number;
    readonly saturated: boolean;
    readonly machine:
      | { readonly cpuShare: number; readonly ctloadShare: number; readonly othersShare: number | undefined }
      | undefined;
    readonly eventLoopDelayP99Ms: number;
    readonly scheduleLagP99Ms: number | null;
  };
}

/** A sysctl that had another value after the load than before it. */
export interface SettingChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What one of several gateways dropped; no time if nothing. */
export interface GatewayDrops {
  readonly name: string;
  readonly drops: number;
  readonly atSeconds: number | null;
}

/** Conntrack tables of the path that ctload reads, and whether there may be others (`lab.driver: external`). */
export interface TablesInSight {
  readonly seen: readonly TableOwner[];
  /** Names of the gateways, if there are several. */
  readonly gateways?: readonly string[];
  readonly othersHidden: boolean;
  /** Those beside the gateway's that dropped packets; absent if none did. */
  readonly dropped?: readonly OtherTable[];
}

/** Packets for which masquerade found no source port; entries in the table at the first of them, and ports for each destination. */
export type SpentPorts = Readonly<Record<'refused' | 'fromSeconds' | 'entries' | 'ports', number>>;

/** How full the hash table was. */
export interface HashChains {
  readonly entries: number;
  readonly buckets: number;
}

/** Packets of evicted flows that the gateway's own network stack received. */
export interface EndedAtGateway {
  /** Datagrams that no socket of the gateway expected (UdpNoPorts). */
  readonly datagramsEnded: number;
  /** Resets that it answered TCP segments with (TcpOutRsts); 0 behind a proxy, which resets connections for other reasons too. */
  readonly resetsSent: number;
}

type Nothing = Readonly<Record<never, never>>;

/** Both sides of the reconciliation: `kernelDrops` against what clients account for, term by term. */
export interface DropAccount {
  readonly kernelDrops: number;
  readonly synRetransmissions: number;
  readonly abandoned: number;
  readonly timeWaitDropped: number;
  readonly halfOpenLost: number;
  readonly datagramsLost: number;
  /** Of what clients lost, packets that rules of the scenario dropped. */
  readonly ruleDropped?: number;
  readonly ratio: number | null;
  /** Of `synRetransmissions` and `abandoned`, what the gateway's own kernel counts, which connects to the backend itself. */
  readonly upstreamRetransmissions?: number;
  readonly upstreamAbandoned?: number;
  /** Whether some drops are left over that nothing explains, within the tolerance. */
  readonly nearly: boolean;
  /** Packets that clients lost and that are not drops of the table, beyond the tolerance. */
  readonly excess: number;
}

export type ReasonCode = keyof ReasonFigures;

/** One thing a verdict rests on. */
export type Reason = Coded<ReasonFigures>;

/** A code with the figures that go with it. */
export type Coded<Figures> = { [Code in keyof Figures]: { readonly code: Code; readonly figures: Figures[Code] } }[keyof Figures];

/** What would make the load lighter for the machine that makes it. */
export type Remedy =
  /** `reached`: attempts per second this run got to; undefined when it is not known. */
  | { readonly code: 'lower-rate'; readonly reached: number | undefined }
  | {
      readonly code:
        | 'smaller-burst'
        | 'fewer-connections'
        | 'fewer-floods'
        | 'direct-client'
        | 'longer-heartbeat'
        | 'protocol-tcp'
        | 'more-cores';
    }
  | { readonly code: 'shorter-timeouts'; readonly agents: number; readonly cpus: number }
  | { readonly code: 'stop-other-programs'; readonly cpuShare: number };
