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

interface Timed {
  /** Seconds since the start of the load; negative while the lab is prepared. */
  readonly t: number;
}

/** What is known before the load. */
export interface MetaRecord extends Timed {
  readonly type: 'meta';
  readonly schema: typeof TIMELINE_SCHEMA;
  readonly run: RunFacts;
  /** What the load is. */
  readonly scenario: ScenarioFacts;
  /** What it runs on. */
  readonly environment: Environment;
  /** What was built for it. */
  readonly lab: LabFacts;
}

/** Whose table or counters: the three hosts of the lab, or `host`, the namespace ctload itself runs in. */
export type TableOwner = 'gateway' | 'client' | 'backend' | 'host';

/** /proc/net/stat/nf_conntrack of one namespace, counters summed over CPUs, absolute. */
export interface ConntrackCounters {
  /** Packets refused, for want of an entry above all. */
  readonly drop: number;
  /** Entries evicted to make room for a new one. */
  readonly earlyDrop: number;
  /** Entries that could not be put in. */
  readonly insertFailed: number;
  /** Lookups of NAT that found the tuple taken. */
  readonly found: number;
  /** Packets that could not be tracked. */
  readonly invalid: number;
  /** Entries put in by ctnetlink, not by packets. */
  readonly insert: number;
  /** Lookups that raced with a resize of the hash table. */
  readonly searchRestart: number;
  /** Entries that met one of the same tuple and could do with it. Column `clashres`. */
  readonly clashResolve: number;
  /** Entries whose chain of the hash table was too long. Column `chainlength`, which holds `chaintoolong`. */
  readonly chainTooLong: number;
  /** Packets of ICMP that could not be tracked. Column `icmp_error`. */
  readonly error: number;
}

/** A sample of one table. A counter that is left out has the value of this host's record before; the first record has them all. */
export interface ConntrackRecord extends Timed, Partial<ConntrackCounters> {
  readonly type: 'conntrack';
  readonly host: TableOwner;
  /** Entries in the table, ballast not counted. */
  readonly entries: number;
}

/** How many entries of the gateway's table are in which state, ballast not counted. */
export interface CompositionRecord extends Timed {
  readonly type: 'composition';
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
export interface NetstatRecord extends Timed {
  readonly type: 'netstat';
  /** Whose kernel. */
  readonly host: 'client' | 'gateway' | 'backend';
  /** By name, all that are kept; there is a record when one of them has moved. */
  readonly counters: Readonly<Record<string, number>>;
}

/** CPU and memory of the machine since the record before. Shares are of all its CPUs, 0 to 1. */
export interface HostRecord extends Timed {
  readonly type: 'host';
  /** All that ran on it. */
  readonly cpuShare: number;
  /** Time in softirq, where a kernel forwards packets. */
  readonly softirqShare: number;
  /** What ctload's own processes (client, backend, probe, main) used of `cpuShare`. */
  readonly ctloadShare: number;
  /** Of the machine's memory, 0 to 1: what is not available. */
  readonly memoryShare: number;
  /** MemAvailable, bytes. */
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
  /** Seconds since the start of the load. */
  readonly t: number;
  /** Seconds since the start of the load. */
  readonly at: number;
  /** Its name. */
  readonly flood: string;
  /** Intended start of the earliest attempt in this record that failed or connected only after a SYN retransmission. */
  readonly firstBadAt?: number;
}

/** Sockets of one flood at an instant; written when it changed. */
export interface GaugeRecord extends Timed {
  readonly type: 'gauge';
  /** Its name. */
  readonly flood: string;
  /** Connections that are open. */
  readonly open: number;
  /** Attempts that wait to be connected. */
  readonly connecting: number;
}

export interface EventRecord extends Timed {
  readonly type: 'event';
  /** What happened. */
  readonly name:
    | 'load-start'
    | 'load-end'
    | 'interrupted'
    | 'threshold-crossed'
    | 'drained'
    | 'warning'
    | 'lease-lost'
    | 'process-lost';
  /** A sentence for people. */
  readonly detail?: string;
  /** Which threshold stopped the load. */
  readonly threshold?: {
    /** A metric or sub-metric. */
    readonly metric: string;
    /** k6's grammar. */
    readonly expression: string;
    /** In the unit of the metric. */
    readonly observed: number;
  };
}

/** A `table full` line of the kernel log that names the gateway's namespace, or names none. */
export interface KernelLogRecord extends Timed {
  readonly type: 'kernel-log';
  /** The line, without its time. */
  readonly text: string;
}

/** How well a sampler kept its schedule. */
export interface SamplerRecord extends Timed {
  readonly type: 'sampler';
  readonly host: TableOwner;
  /** How many it took. */
  readonly samples: number;
  /** Between two that are due. */
  readonly intervalSeconds: number;
  /** Share of the due samples that were taken within 5 ms of their time; missed ones count against it. */
  readonly onTimeShare: number;
  /** By how much samples were late, 99th percentile. */
  readonly lateP99Ms: number;
  /** CPU time of the sampler process ÷ time it ran. */
  readonly cpuShare: number;
}

/** What the backend's processes saw, whole run, summed. */
export interface BackendRecord extends Timed {
  readonly type: 'backend';
  /** TCP connections accepted on the HTTP port. */
  readonly connections: number;
  /** HTTP requests it answered. */
  readonly requests: number;
  /** WebSockets it opened. */
  readonly upgrades: number;
  /** Connections accepted and forgotten on the stale port. */
  readonly stale: number;
}

/** The generator's own health, one record an agent process. */
export interface AgentRecord extends Timed {
  readonly type: 'agent';
  /** Counted from 0. */
  readonly agent: number;
  /** CPU time ÷ elapsed time, 1 = one core. */
  readonly cpuShare: number;
  /** By how much its event loop was held up, 99th percentile. */
  readonly eventLoopDelayP99Ms: number;
  /** Most file descriptors open ÷ those allowed. */
  readonly fdsUsedShare: number;
  /** Most local ports in use ÷ those there are. */
  readonly portsUsedShare: number;
}

export interface EndRecord extends Timed {
  readonly type: 'end';
  /** `stopped`: by a threshold. */
  readonly outcome: 'finished' | 'interrupted' | 'stopped' | 'failed';
  /** Why. */
  readonly detail?: string;
}
