/** Scrapes of a real node_exporter in the gateway's namespace, compared with the probe's samples. */
export interface NodeExporterSummary {
  /** Version of prometheus-node-exporter. */
  readonly version: string;
  /** Scrapes during the run, one per second; they went over a Unix socket and made no entry in the table. */
  readonly scrapes: number;
  /** Scrapes whose every figure lies within the probe's samples around them. */
  readonly agreed: number;
  /** Largest distance between scraped entries and those of the probe's samples around the scrape. */
  readonly largestDifference: number;
  /** What a scrape at a usual interval sees, over all phases that it may have. */
  readonly seen: ScrapesSeen;
}

export interface ScrapesSeen {
  /** Seconds between two scrapes. */
  readonly intervalSeconds: number;
  /** Most entries in any scrape, in the phase that sees fewest. */
  readonly lowestPeakEntries: number;
  /** Most entries in any scrape, in the phase that sees most. */
  readonly highestPeakEntries: number;
  /**
   * Seconds from the kernel's first drop to the first scrape with a higher counter. Null if nothing was dropped, or no scrape
   * came after it.
   */
  readonly dropSeenAfterSeconds: DropSeen | null;
}

export interface DropSeen {
  /** In the best phase. */
  readonly earliest: number;
  /** In the worst phase; null if that scrape would have come after the run. */
  readonly latest: number | null;
}
