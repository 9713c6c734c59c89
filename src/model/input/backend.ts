/** How the backend behaves, to tell its faults from a full table's. */
export interface BackendSpec {
  /** Seconds between a request and its answer. */
  readonly delaySeconds: number;
  /** HTTP status of every answer. */
  readonly status: number;
  /** Connections each listening socket queues until they are accepted (listen(2)). */
  readonly backlog: number;
}
