import type { FailureCause } from './attempt.ts';
import type { Capacity, Environment, RunFacts, ScenarioFacts } from './run.ts';

/** `summary.json`, schema `ctload/summary@1`. Seconds, milliseconds (keys ending in `Ms`), bytes. Keys are added, never renamed. */
export interface Summary {
  readonly schema: 'ctload/summary@1';
  readonly run: RunFacts & { readonly durationSeconds: number };
  readonly scenario: Pick<ScenarioFacts, 'name' | 'description' | 'sha256'>;
  readonly environment: Environment;
  readonly conntrack: ConntrackSummary;
  readonly verdict: Verdict;
  readonly breakingPoint: BreakingPoint | null;
  /** Every failed or delayed attempt under one cause, the most frequent first. */
  readonly attribution: readonly Attribution[];
  readonly accounting: Accounting;
  readonly correlation: {
    /** Pearson coefficients over 100 ms buckets; null when one side never varies. */
    readonly failuresVsUtilization: number | null;
    readonly latencyVsUtilization: number | null;
    /** 95 % bootstrap intervals of the coefficients. */
    readonly failuresInterval: readonly [low: number, high: number] | null;
    readonly latencyInterval: readonly [low: number, high: number] | null;
    /** From the first full sample to the first attempt that felt it. */
    readonly lagSeconds: number | null;
  };
  readonly knees: Knees;
  /** What arithmetic from the resolved scenario says, beside what was measured; empty when the scenario is not there. */
  readonly prediction: readonly PredictedQuantity[];
  readonly headroom: Headroom;
  readonly generator: {
    /** Busiest agent, 1 = one core. */
    readonly cpuShare: number | null;
    /** Of the agent that was held up most. */
    readonly eventLoopDelayP99Ms: number | null;
    readonly scheduleLagP99Ms: number | null;
    readonly portsUsedShare: number | null;
    readonly fdsUsedShare: number | null;
    readonly notStarted: number;
    readonly agents: number;
    /** TCP connections the backend accepted from `short` and `long` floods ÷ requests and upgrades it served; 1 is one connection a request. */
    readonly connectionsPerRequest: number | null;
  };
  readonly floods: Readonly<Record<string, FloodSummary>>;
  readonly metrics: Readonly<Record<string, { readonly type: string; readonly values: Readonly<Record<string, number>> }>>;
  readonly thresholds: readonly {
    readonly metric: string;
    readonly expression: string;
    readonly ok: boolean;
    /** Null when the metric had no sample: then there is nothing to object to. */
    readonly observed: number | null;
    /** When crossing it stopped the load, which fails it for good; else null. */
    readonly stoppedAtSeconds: number | null;
  }[];
}

export interface ConntrackSummary {
  /** 0 when `method` is `unknown`, as are all figures of a table that was not read (`samples` 0). */
  readonly max: number;
  readonly buckets: number;
  readonly effectiveMax: number;
  readonly method: Capacity['method'];
  readonly methodReason: string;
  readonly ballast: number;
  readonly prefilled: number;
  readonly peakEntries: number;
  readonly samples: number;
  readonly intervalMs: number;
  /** Of the gateway's table, from the start of the load to the end. */
  readonly drop: number;
  readonly earlyDrop: number;
  readonly insertFailed: number;
  readonly tableFullLogLines: number;
  /** exp(−16·u·N/B) with u measured at the break (0 assured-only). */
  readonly predictedDropShareWhenFull: number;
  /** Of the SYNs that met a full table, those dropped; the others evicted. null when the table never was full. */
  readonly measuredDropShareWhenFull: number | null;
  /** Drops in the tables that must stay out of it; those that nobody read are left out. */
  readonly otherTables: Readonly<
    Partial<Record<'client' | 'backend' | 'host', { readonly drop: number; readonly peakEntries: number }>>
  >;
  readonly sampler: { readonly onTimeShare: number; readonly lateP99Ms: number; readonly cpuShare: number } | null;
}

/** Whether anybody read the gateway's table; where nobody did its figures stand at 0 and mean nothing. */
export function tableWasRead({ conntrack }: Pick<Summary, 'conntrack'>): boolean {
  return conntrack.method !== 'unknown';
}

export type VerdictKind = 'broke' | 'held' | 'inconclusive';
export type Validity = 'valid' | 'generator-bound' | 'inconclusive';

export interface Verdict {
  readonly kind: VerdictKind;
  readonly validity: Validity;
  readonly cause: FailureCause | null;
  /** One sentence each. */
  readonly reasons: readonly string[];
}

export interface BreakingPoint {
  readonly atSeconds: number;
  readonly entries: number;
  readonly utilization: number;
  /** Attempts scheduled a second around the break, all floods. */
  readonly offeredRate: number;
  /** Connections the clients held open at the break. */
  readonly openConnections: number;
  /** Composition of the table, of the listing nearest to the break. */
  readonly states: Readonly<Record<string, number>>;
  readonly firstEarlyDropAtSeconds: number | null;
  readonly firstDropAtSeconds: number;
  readonly firstFailureAtSeconds: number | null;
  /** From the first attempt to the first sample with a full table. */
  readonly timeToFullSeconds: number | null;
}

export interface Attribution {
  readonly cause: FailureCause;
  /** Attempts that failed. */
  readonly failed: number;
  /** Attempts that connected only after a repeated SYN. */
  readonly delayed: number;
  /** failed + delayed. */
  readonly count: number;
  /** Of all failed and delayed attempts; the shares add up to 1. */
  readonly share: number;
  /** One sentence with the figures it rests on. */
  readonly evidence: string;
}

export interface PredictedQuantity {
  /**
   * Seconds from the start of the load to a full table; entries at their most; entries when the load has gone on for longer
   * than any entry lives; share of SYNs a full table drops; entries for each connection, when the table is full or the load ends.
   */
  readonly quantity: 'timeToFullSeconds' | 'peakEntries' | 'steadyEntries' | 'dropShareWhenFull' | 'entriesPerConnection';
  /** null: the model says it does not come to that. */
  readonly predicted: number | null;
  /** null: the run did not come to that. */
  readonly measured: number | null;
  /** measured − predicted. */
  readonly difference: number | null;
}

export interface Knees {
  /** Utilization from which connect times rise or the kernel evicts, whichever comes first; null when neither shows. */
  readonly early: {
    readonly signal: 'latency' | 'early-drop';
    readonly utilization: number;
    /** 95 %: of a bootstrap for latency, the two samples around it for early drop. */
    readonly interval: readonly [low: number, high: number];
  } | null;
  /** The table is full. */
  readonly hard: { readonly utilization: number; readonly atSeconds: number } | null;
  /** What the clients felt by tenths of the capacity; from 1 to 1 is the full table. */
  readonly byUtilization: readonly {
    readonly from: number;
    readonly to: number;
    readonly attempted: number;
    /** Failed or delayed ÷ attempted. */
    readonly badShare: number;
    /** Median of the p99 connect times; null when none was connected then. */
    readonly connectingP99Ms: number | null;
  }[];
}

export interface Accounting {
  readonly kernelDrops: number;
  /** SYN retransmissions of the client's namespace + attempts abandoned before connected + half-open SYNs lost + datagrams lost. */
  readonly explainedByClients: number;
  /** explainedByClients ÷ kernelDrops; null without drops. */
  readonly share: number | null;
  readonly synRetransmissions: number;
  readonly abandoned: number;
  /** SYNs of half-open floods that the backend never saw. */
  readonly halfOpenLost: number;
  /** Datagrams of udp floods, and answers to them, that one kernel sent and the next never got. */
  readonly datagramsLost: number;
  /** Segments other than SYNs that client and backend repeated: as many drops at most were of packets of evicted flows. */
  readonly laterRetransmissions: number;
  /** Packets the machine itself lost between its namespaces, at full backlog queues: more than its cores could carry. */
  readonly backlogDropped: number;
}

export interface Headroom {
  /** CPU the machine spent at the break on anything but ctload's own processes, 0–1 of all cores. */
  readonly gatewayCpuShareAtBreak: number | null;
  readonly gatewayMemoryShareAtBreak: number | null;
  /** All of the machine, ctload's client, backend and probe included. */
  readonly hostCpuShareAtBreak: number | null;
}

/** Milliseconds. */
export interface LatencySummary {
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
  readonly count: number;
}

export interface FloodSummary {
  readonly kind: string;
  readonly executor: string;
  readonly attempted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly notStarted: number;
  readonly interrupted: number;
  /** Connected after at least one SYN retransmission. */
  readonly delayed: number;
  /** Most sockets open at once. */
  readonly peakOpen: number;
  readonly disconnected: number;
  readonly heartbeats: number;
  readonly heartbeatsMissed: number;
  readonly failures: Readonly<Partial<Record<FailureCause, number>>>;
  /** By phase: `connecting`, `waiting`, `duration`, `duration_uncorrected`, `schedule_lag`, `heartbeat`, `session`. */
  readonly latencyMs: Readonly<Record<string, LatencySummary>>;
}
