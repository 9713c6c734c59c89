/** Source ports of a gateway that masquerades: one for each held connection to a destination (address and port). */
export interface SourcePorts {
  /** Destinations of the load. */
  readonly destinations: number;
  /** Ports that the load needs, in all. Connections that are closing give theirs up. */
  readonly needed: number;
  /** Ports that there are, in all: with fewer, new connections are dropped (insert_failed) although the table has room. */
  readonly available: number;
  /** Fewest destinations that would do. */
  readonly enoughDestinations: number;
}
