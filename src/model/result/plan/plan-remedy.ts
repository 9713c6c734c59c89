/** One change, and whether the planned load keeps its headroom with it. */
export interface PlanRemedy {
  /**
   * What is changed: the limit, a timeout, requests per connection (`keep-alive`), the instance type, the number of nodes that share
   * the load, or the dataplane.
   */
  readonly kind: 'max' | 'timeout' | 'keep-alive' | 'instance-type' | 'nodes' | 'dataplane';
  /** Short name of the timeout, instance type, or dataplane with what it is set to; null for the others. */
  readonly name: string | null;
  /**
   * The value that is just enough: entries, seconds, how many times as many requests per connection, nodes; of a dataplane its
   * entries per connection; null for an instance type.
   */
  readonly value: number | null;
  /** Utilization at the peak with the change. */
  readonly peakUtilization: number;
  /** Whether the peak leaves the requested headroom with the change. */
  readonly keepsHeadroom: boolean;
}
