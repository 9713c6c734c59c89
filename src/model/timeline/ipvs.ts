/** What IPVS itself keeps, apart from conntrack. Written after the load of a gateway with dataplane ipvs. */
export interface IpvsRecord {
  /** Seconds since the start of the load. */
  readonly t: number;
  readonly type: 'ipvs';
  /** Connections in its own list (ip_vs_conn). */
  readonly connections: number;
}
