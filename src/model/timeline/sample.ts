import type { ActionFacts } from './action.ts';
import type { AttemptCounts } from './attempt.ts';
import type { OfClient, OfGateway } from './gateways.ts';
import type { IpvsRecord } from './ipvs.ts';
import type { NodeExporterRecord } from './node-exporter.ts';
import type { ProxyRecord } from './proxy.ts';
import type { RuleCountersRecord } from './rules.ts';
import type { Environment, LabFacts, RunIdentity, ScenarioFacts } from './run.ts';

/**
 * One line of `timeline.ndjson`. `t` is seconds since the start of the load (negative while the lab is prepared), on the
 * CLOCK_MONOTONIC of one kernel. The first line is `meta`, the last `end`.
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
  | ClockRecord
  | SamplerRecord
  | BackendRecord
  | AgentRecord
  | TableCheckRecord
  | RuleCountersRecord
  | IpvsRecord
  | NodeExporterRecord
  | ProxyRecord
  | EndRecord;

export const TIMELINE_SCHEMA = 'ctload/timeline@1';

interface Timed {
  /** Seconds since the start of the load; negative while the lab is prepared. */
  readonly t: number;
}

/** What is known before the load starts. */
export interface MetaRecord extends Timed {
  readonly type: 'meta';
  readonly schema: typeof TIMELINE_SCHEMA;
  readonly run: RunIdentity;
  /** Scenario of the run. */
  readonly scenario: ScenarioFacts;
  /** Environment of the run. */
  readonly environment: Environment;
  /** Lab that was built for the run. */
  readonly lab: LabFacts;
}

/**
 * Host whose table or counters these are: one of the three hosts of the lab, or `host`, the namespace in which ctload itself
 * runs.
 */
export type TableOwner = 'gateway' | 'client' | 'backend' | 'host';

/** Counters of /proc/net/stat/nf_conntrack of one namespace, summed over CPUs, as absolute values. */
export interface ConntrackCounters {
  /** Packets dropped, above all because the table was full. */
  readonly drop: number;
  /** Entries evicted to make room for a new one (early drop). */
  readonly earlyDrop: number;
  /** Entries that could not be inserted. */
  readonly insertFailed: number;
  /** NAT lookups that found the tuple in use. */
  readonly found: number;
  /** Packets that could not be tracked. */
  readonly invalid: number;
  /** Entries inserted by ctnetlink rather than by packets. */
  readonly insert: number;
  /** Lookups restarted because of a resize of the hash table. */
  readonly searchRestart: number;
  /** Insertions that met an entry with the same tuple and were resolved by using it. Column `clashres`. */
  readonly clashResolve: number;
  /** Insertions that failed because the hash chain was too long. Column `chainlength`, which holds `chaintoolong`. */
  readonly chainTooLong: number;
  /** ICMP packets that could not be tracked. Column `icmp_error`. */
  readonly error: number;
}

/**
 * One sample of one table. A counter that is left out has the value of the previous record of this host; the first record has
 * all of them.
 */
export interface ConntrackRecord extends Timed, Partial<ConntrackCounters>, OfGateway, OfClient {
  readonly type: 'conntrack';
  readonly host: TableOwner;
  /** Entries in the table, ballast excluded. */
  readonly entries: number;
}

/** Entries of the gateway's table by state, ballast excluded. */
export interface CompositionRecord extends Timed, OfGateway {
  readonly type: 'composition';
  /** Number of entries by state: `ESTABLISHED`, `TIME_WAIT`, `SYN_SENT`, …; those of other protocols by its name, e.g. `udp`. */
  readonly states: Readonly<Record<string, number>>;
  /** Entries without a reply so far ([UNREPLIED]). */
  readonly unreplied: number;
  /** Entries that are [ASSURED]. */
  readonly assured: number;
  /** Entries of IPv6 packets; absent if there were none. */
  readonly ipv6?: number;
  /** Seconds that the listing took. */
  readonly cost: number;
  /** Entries that were read, if only the start of the table was: the counts are scaled up from them. Absent if all of it was. */
  readonly sampled?: number;
  /** Expired entries that the kernel freed because the listing met them, at most. */
  readonly reclaimed?: number;
}

/** Kernel network counters of one host, as absolute values, by the names that nstat uses (`TcpExtTCPSynRetrans`). */
export interface NetstatRecord extends Timed, OfGateway, OfClient {
  readonly type: 'netstat';
  /** Host whose kernel counters these are. */
  readonly host: 'client' | 'gateway' | 'backend';
  /** All recorded counters by name; a record is written when one of them has changed. */
  readonly counters: Readonly<Record<string, number>>;
}

/** CPU and memory of a machine since the previous record. */
export interface HostRecord extends Timed {
  readonly type: 'host';
  /** Machine that this is about: `gateway`, if it has a kernel of its own; if absent, the one that ctload runs on. */
  readonly machine?: string;
  /** CPU used by everything on the machine, as a share of all cores. */
  readonly cpuShare: number;
  /** CPU time in softirq, in which the kernel forwards packets, as a share of all cores. */
  readonly softirqShare: number;
  /** Part of `cpuShare` used by ctload's own processes (client, backend, probe, main). */
  readonly ctloadShare: number;
  /** Part of `cpuShare` used by the gateway's own processes (the proxy's). Absent if it has none. */
  readonly gatewayShare?: number;
  /** Memory that is not available, as a share of the machine's memory. */
  readonly memoryShare: number;
  /** MemAvailable of /proc/meminfo, in bytes. */
  readonly memoryAvailableBytes: number;
  /**
   * Packets dropped because the backlog queue of a CPU was full (net.core.netdev_max_backlog), in all namespaces of the machine,
   * as an absolute value.
   */
  readonly backlogDropped?: number;
}

/** Grid on which the load is recorded, in seconds. */
export const TICK_SECONDS = 0.1;

/**
 * Outcomes that became known in the 100 ms up to `at`, of the attempts whose *scheduled* start lies in the 100 ms from `t`.
 * Several records may share `t`; they add up.
 */
export interface LoadRecord extends Partial<AttemptCounts> {
  readonly type: 'load';
  /** Scheduled start of the attempts: beginning of a 100 ms bucket, in seconds since the start of the load. */
  readonly t: number;
  /** End of the 100 ms in which these outcomes became known, in seconds since the start of the load. */
  readonly at: number;
  /** Name of the flood. */
  readonly flood: string;
  /**
   * Scheduled start of the earliest attempt in this record that failed or connected only after a SYN retransmission, in seconds
   * since the start of the load.
   */
  readonly firstBadAt?: number;
  /** Failures whose cause (`other`, `http-5xx`) does not say what came, by HTTP status (`404`) or error (`EPERM`, `malformed`). */
  readonly failedWith?: Readonly<Record<string, number>>;
}

/** Sockets of one flood at an instant; written when the numbers change. */
export interface GaugeRecord extends Timed {
  readonly type: 'gauge';
  /** Name of the flood. */
  readonly flood: string;
  /** Open connections. */
  readonly open: number;
  /** Attempts that are waiting to connect. */
  readonly connecting: number;
}

export interface EventRecord extends Timed {
  readonly type: 'event';
  /** Event that happened. */
  readonly name:
    | 'load-start'
    | 'load-end'
    | 'interrupted'
    | 'threshold-crossed'
    | 'table-dropped'
    | 'action'
    | 'action-failed'
    | 'drained'
    | 'warning'
    | 'lease-lost'
    | 'process-lost'
    | 'client-lost';
  /** One-sentence description for people. */
  readonly detail?: string;
  /** Action that was carried out; `t` is when it began. */
  readonly action?: ActionFacts;
  /** Threshold that stopped the load. */
  readonly threshold?: {
    /** Name of the metric or sub-metric. */
    readonly metric: string;
    /** Expression in k6's grammar. */
    readonly expression: string;
    /** Observed value, in the unit of the metric. */
    readonly observed: number;
  };
}

/** A `table full` line of the kernel log that names the gateway's namespace or none. */
export interface KernelLogRecord extends Timed {
  readonly type: 'kernel-log';
  /** Machine whose kernel wrote it, as in `host` records. */
  readonly machine?: string;
  /** Text of the line, without its time. */
  readonly text: string;
}

/** How the clock of another machine was read before and after the load: the times of its records were translated with this. */
export interface ClockRecord extends Timed {
  readonly type: 'clock';
  /** Machine whose clock it is, as in `host` records. */
  readonly machine: string;
  /** Seconds between the two clocks before the load: half the shortest of many round trips is the error. */
  readonly offsetSeconds: number;
  /** How far the offset may be wrong, in seconds. */
  readonly errorSeconds: number;
  /** How much the offset changed from before the load to after it, in seconds; positive if that clock is fast. */
  readonly driftSeconds: number;
}

/** How well a sampler kept its schedule. */
export interface SamplerRecord extends Timed, OfGateway, OfClient {
  readonly type: 'sampler';
  readonly host: TableOwner;
  /** Number of samples taken. */
  readonly samples: number;
  /** Scheduled interval between two samples, in seconds. */
  readonly intervalSeconds: number;
  /** Share of the scheduled samples that were taken within 5 ms of their time; missed samples count as late. */
  readonly onTimeShare: number;
  /** 99th percentile of the delay of samples, in milliseconds. */
  readonly lateP99Ms: number;
  /** CPU time of the sampler process ÷ time that it ran. */
  readonly cpuShare: number;
}

/** What the backend processes counted over the whole run, summed. */
export interface BackendRecord extends Timed {
  readonly type: 'backend';
  /** TCP connections accepted on the HTTP port. */
  readonly connections: number;
  /** HTTP requests answered. */
  readonly requests: number;
  /** WebSockets opened. */
  readonly upgrades: number;
  /** Connections accepted on the stale port, then forgotten without FIN or RST. */
  readonly stale: number;
  /** SYNs of half-open floods that reached the backend; absent where there are none or their rule could not be read. */
  readonly halfOpenSyns?: number;
}

/** What of the gateway's table was as before the load when it was over; something else may have changed it meanwhile. */
export interface TableCheckRecord extends Timed, OfGateway {
  readonly type: 'table-check';
  /** Conntrack settings of the gateway by full name, as read after the load. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Synthetic entries (ballast and prefill) left in the table; absent where none were added or they were not counted. */
  readonly syntheticEntries?: number;
}

/** Health of the load generator, one record per agent process. */
export interface AgentRecord extends Timed {
  readonly type: 'agent';
  /** Number of the agent, counted from 0. */
  readonly agent: number;
  /** CPU time ÷ elapsed time, as a share of one core. */
  readonly cpuShare: number;
  /** 99th percentile of the event loop delay, in milliseconds. */
  readonly eventLoopDelayP99Ms: number;
  /** Highest number of open file descriptors ÷ descriptors allowed. */
  readonly fdsUsedShare: number;
  /** Highest number of local ports in use ÷ ports available. */
  readonly portsUsedShare: number;
}

export interface EndRecord extends Timed {
  readonly type: 'end';
  /** How the run ended; `stopped` means by a threshold. */
  readonly outcome: 'finished' | 'interrupted' | 'stopped' | 'failed';
  /** One-sentence reason. */
  readonly detail?: string;
}
