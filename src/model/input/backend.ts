/** Behaviour of the backend, to distinguish its faults from those of a full table. */
export interface BackendSpec {
  /** Seconds between a request and its response. */
  readonly delaySeconds: number;
  /** HTTP status of every response. */
  readonly status: number;
  /** Number of connections that each listening socket queues until they are accepted (listen(2)). */
  readonly backlog: number;
}
