/** What counters were read by: the name of a command, or of a file under /proc. */
export type CaptureFormat =
  | 'conntrack -S'
  | '/proc/net/stat/nf_conntrack'
  | 'node_exporter'
  | 'nstat'
  | '/proc/net/snmp, /proc/net/netstat'
  | 'netstat -s'
  | 'ethtool -S'
  | 'sysctl'
  | 'sockets'
  | 'kernel log'
  | 'other log';

/** Values read at one time. Counters of the table are named as in /proc/net/stat/nf_conntrack, those of TCP and UDP as nstat does. */
export interface Reading {
  readonly format: CaptureFormat;
  readonly file: string;
  readonly values: ReadonlyMap<string, number>;
}

/** What logs say, counted. */
export interface CapturedLog {
  /** Lines of the kernel about a full table. */
  tableFull: number;
  /** The first and the last of them, as they are. */
  firstTableFull: string | undefined;
  lastTableFull: string | undefined;
  /** Network namespaces that they name. */
  readonly namespaces: Set<string>;
  /** Lines of the kernel about a listen queue: "Possible SYN flooding on port". */
  synFlooding: number;
  /** Lines of any program: "Cannot assign requested address". */
  noLocalPort: number;
}

/** Everything that was read of one machine. */
export interface Captured {
  readonly readings: readonly Reading[];
  readonly log: CapturedLog;
}
