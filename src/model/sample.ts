import type { AttemptCounts } from './attempt.ts';
import type { Environment, LabFacts, RunFacts, ScenarioFacts } from './run.ts';

/**
 * The lines of `timeline.ndjson`. `t` is seconds since the start of the load (negative while the lab is prepared),
 * all on the CLOCK_MONOTONIC of one kernel. The first line is `meta`, the last `end`.
 */
export type TimelineRecord =
  | MetaRecord
  | ConntrackRecord
  | CompositionRecord
  | NetstatRecord
  | HostRecord
  | LoadRecord
  | GaugeRecord
  | EventRecord
  | KernelLogRecord
  | SamplerRecord
  | BackendRecord
  | AgentRecord
  | EndRecord;

export const TIMELINE_SCHEMA = 'ctload/timeline@1';

export interface MetaRecord {
  readonly type: 'meta';
  readonly t: number;
  readonly schema: typeof TIMELINE_SCHEMA;
  readonly run: RunFacts;
  readonly scenario: ScenarioFacts;
  readonly environment: Environment;
  readonly lab: LabFacts;
}

/** Whose table or counters: the three hosts of the lab, or `host`, the namespace ctload itself runs in. */
export type TableOwner = 'gateway' | 'client' | 'backend' | 'host';

/** /proc/net/stat/nf_conntrack of one namespace, counters summed over CPUs, absolute. */
export interface ConntrackCounters {
  readonly drop: number;
  readonly earlyDrop: number;
  readonly insertFailed: number;
  readonly found: number;
  readonly invalid: number;
  readonly insert: number;
  readonly searchRestart: number;
  /** Column `clashres`. */
  readonly clashResolve: number;
  /** Column `chainlength`, which holds `chaintoolong`. */
  readonly chainTooLong: number;
  /** Column `icmp_error`. */
  readonly error: number;
}

export interface ConntrackRecord extends Partial<ConntrackCounters> {
  readonly type: 'conntrack';
  readonly t: number;
  readonly host: TableOwner;
  /** Entries in the table, ballast not counted. */
  readonly entries: number;
  // A counter that is left out has the value of this host's record before; the first record has them all.
}

/** How many entries of the gateway's table are in which state, ballast not counted. */
export interface CompositionRecord {
  readonly type: 'composition';
  readonly t: number;
  /** `ESTABLISHED`, `TIME_WAIT`, `SYN_SENT`, …; other protocols by name, e.g. `udp`. */
  readonly states: Readonly<Record<string, number>>;
  /** Entries without a reply so far ([UNREPLIED]). */
  readonly unreplied: number;
  /** Entries that are [ASSURED]. */
  readonly assured: number;
  /** Seconds the listing took. */
  readonly cost: number;
}

/** Kernel network counters of one host, absolute, under nstat's names (`TcpExtTCPSynRetrans`). */
export interface NetstatRecord {
  readonly type: 'netstat';
  readonly t: number;
  readonly host: 'client' | 'gateway' | 'backend';
  readonly counters: Readonly<Record<string, number>>;
}

/** CPU and memory of the machine since the record before. Shares are of all its CPUs, 0 to 1. */
export interface HostRecord {
  readonly type: 'host';
  readonly t: number;
  readonly cpuShare: number;
  /** Time in softirq, where a kernel forwards packets. */
  readonly softirqShare: number;
  /** What ctload's own processes (client, backend, probe, main) used of `cpuShare`. */
  readonly ctloadShare: number;
  readonly memoryShare: number;
  readonly memoryAvailableBytes: number;
  /** Packets that found the backlog queue of a CPU full, of all of the machine's namespaces, absolute (net.core.netdev_max_backlog). */
  readonly backlogDropped?: number;
}

/** Seconds of the grid on which the load is recorded. */
export const TICK_SECONDS = 0.1;

/**
 * Outcomes that became known in the 100 ms up to `at`, of the attempts whose *intended* start lies in the 100 ms from `t`.
 * Several records may share `t`; they add up.
 */
export interface LoadRecord extends Partial<AttemptCounts> {
  readonly type: 'load';
  readonly t: number;
  readonly at: number;
  readonly flood: string;
  /** Intended start of the earliest attempt in this record that failed or connected only after a SYN retransmission. */
  readonly firstBadAt?: number;
}

/** Sockets of one flood at an instant; written when it changed. */
export interface GaugeRecord {
  readonly type: 'gauge';
  readonly t: number;
  readonly flood: string;
  readonly open: number;
  readonly connecting: number;
}

export interface EventRecord {
  readonly type: 'event';
  readonly t: number;
  readonly name:
    | 'load-start'
    | 'load-end'
    | 'interrupted'
    | 'threshold-crossed'
    | 'drained'
    | 'warning'
    | 'lease-lost'
    | 'process-lost';
  readonly detail?: string;
  /** Which threshold stopped the load. */
  readonly threshold?: { readonly metric: string; readonly expression: string; readonly observed: number };
}

/** A `table full` line of the kernel log that names the gateway's namespace, or names none. */
export interface KernelLogRecord {
  readonly type: 'kernel-log';
  readonly t: number;
  readonly text: string;
}

/** How well a sampler kept its schedule. */
export interface SamplerRecord {
  readonly type: 'sampler';
  readonly t: number;
  readonly host: TableOwner;
  readonly samples: number;
  readonly intervalSeconds: number;
  /** Share of the due samples that were taken within 5 ms of their time; missed ones count against it. */
  readonly onTimeShare: number;
  readonly lateP99Ms: number;
  /** CPU time of the sampler process ÷ time it ran. */
  readonly cpuShare: number;
}

/** What the backend's processes saw, whole run, summed. */
export interface BackendRecord {
  readonly type: 'backend';
  readonly t: number;
  /** TCP connections accepted on the HTTP port. */
  readonly connections: number;
  readonly requests: number;
  readonly upgrades: number;
  /** Connections accepted and forgotten on the stale port. */
  readonly stale: number;
}

/** The generator's own health, one record an agent process. */
export interface AgentRecord {
  readonly type: 'agent';
  readonly t: number;
  readonly agent: number;
  /** CPU time ÷ elapsed time, 1 = one core. */
  readonly cpuShare: number;
  readonly eventLoopDelayP99Ms: number;
  readonly fdsUsedShare: number;
  readonly portsUsedShare: number;
}

export interface EndRecord {
  readonly type: 'end';
  readonly t: number;
  /** `stopped`: by a threshold. */
  readonly outcome: 'finished' | 'interrupted' | 'stopped' | 'failed';
  readonly detail?: string;
}
