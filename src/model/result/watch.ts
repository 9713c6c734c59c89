import type { ConntrackCounters } from '../timeline/sample.ts';

/** Schema of a line of `ctload watch --json`. */
export const WATCH_SCHEMA = 'ctload/watch@1';

/** What `ctload watch --json` prints once per interval, as one line. */
export interface WatchSample {
  readonly schema: typeof WATCH_SCHEMA;
  /** When it was taken, UTC, ISO 8601. */
  readonly at: string;
  /** Seconds since the start. */
  readonly t: number;
  /** nf_conntrack_max: the limit of every table of the machine, each on its own. */
  readonly limit: number;
  /** nf_conntrack_buckets: size of the hash table that all of them share. */
  readonly buckets: number;
  /** Tables that can be read: that of the namespace in which watch runs, then the others, the fullest first. */
  readonly tables: readonly WatchedTable[];
  /** Network namespaces whose table cannot be read, by name. */
  readonly unreadable: readonly string[];
  /** Whether namespaces of some processes are not visible to watch, so that there may be more tables. */
  readonly othersHidden: boolean;
  /**
   * Connection tracking of the security groups of an EC2 instance, by ENA device: another table, outside of this kernel and with
   * a limit of its own. Empty elsewhere.
   */
  readonly allowances: readonly WatchedAllowance[];
  /** Lines about a full table in the kernel's log since the start; the kernel limits their rate. Null where the log cannot be read. */
  readonly tableFullLogLines: number | null;
  /** What watching costs. */
  readonly self: {
    /** CPU time since the start ÷ time since then: a share of one core. */
    readonly cpuShare: number;
    /** Resident memory of the process. */
    readonly rssBytes: number;
  };
}

/** The conntrack table of one network namespace. */
export interface WatchedTable {
  /** Inode of the namespace, as `ls -L -i /proc/PID/ns/net` shows it, and the kernel's log since 6.17. */
  readonly netns: number;
  /** Name under /run/netns, else one of its processes; `here` for the namespace in which watch runs. */
  readonly name: string;
  /** When it was read, seconds since the start: a namespace without a process is read less often. */
  readonly readAt: number;
  /** Number of entries, those included that have expired but are not freed yet. */
  readonly entries: number;
  /** Entries ÷ limit. */
  readonly utilization: number;
  /** Growth in entries per second: the slope of a line through the latest samples; null until there are enough. */
  readonly slope: number | null;
  /** Seconds until it is full at this slope, 0 if it is; null unless it clearly grows. */
  readonly secondsToFull: number | null;
  /** What the kernel counted since the start. */
  readonly since: Losses;
  /** What the kernel counted since the namespace exists. */
  readonly total: ConntrackCounters;
  /** Entries by state, at the latest look at them; null without one. */
  readonly states: WatchedStates | null;
}

/** What `ethtool -S` shows of one device; null where it does not, or ethtool is not installed. */
export interface WatchedAllowance {
  /** Name of the device. */
  readonly device: string;
  /** Connections that may still be tracked (`conntrack_allowance_available`). */
  readonly available: number | null;
  /** Packets dropped because the allowance was used up, since the device was started (`conntrack_allowance_exceeded`). */
  readonly exceeded: number | null;
  /** The same since the start of watch. */
  readonly exceededSince: number | null;
}

/** What a table that is full, or hit by races, costs. */
export type Losses = Pick<ConntrackCounters, 'drop' | 'earlyDrop' | 'insertFailed'>;

/** Entries by state, extrapolated from those at the beginning of the table, which is a random sample because it is hashed. */
export interface WatchedStates {
  /** Seconds since the start. */
  readonly t: number;
  /** Entries that were read. */
  readonly sampled: number;
  /** Entries by state, or by protocol where it has none. */
  readonly byState: Readonly<Record<string, number>>;
  /** Entries without a reply. */
  readonly unreplied: number;
  /** Entries that early drop does not evict. */
  readonly assured: number;
  /** Services with the most of them, the first five. */
  readonly services: readonly WatchedService[];
}

/** Where connections go to. */
export interface WatchedService {
  /** Protocol, address and port of the original destination, e.g. `tcp 10.0.0.1:443`. */
  readonly service: string;
  /** Entries to it. */
  readonly entries: number;
}
