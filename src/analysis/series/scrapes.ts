import type { CapacityCourse } from '../log/capacity-course.ts';
import type { TableSample } from '../log/table-rows.ts';

/** Seconds before the load during which the table is scraped as it was at its start: rules look back, e.g. rate(…[5m]). */
const BEFORE = 600;

/** What a scraper would have seen of the gateway's table. */
export interface Scrapes {
  /** Seconds since the start of the load of the first scrape; one is at 0. */
  readonly firstAt: number;
  readonly samples: readonly ScrapedTable[];
}

export interface ScrapedTable extends Omit<TableSample, 't'> {
  readonly capacity: number;
}

/**
 * Scrapes a recorded table every `interval` seconds until the end of its record: a scrape sees the latest sample.
 * @param table read once, in order of time
 */
export function scrapesOf(
  { samples, capacity }: { readonly samples: Iterable<TableSample>; readonly capacity: Pick<CapacityCourse, 'at'> },
  interval: number,
  end: number,
): Scrapes {
  const before = Math.ceil(BEFORE / interval);
  const scraped: ScrapedTable[] = [];
  let current: TableSample | undefined;
  let next = 0;
  const scrapeUntil = (t: number) => {
    for (; next * interval < t && current !== undefined; next++) scraped.push(scrape(current, capacity.at(next * interval)));
  };
  for (const sample of samples) {
    if (current === undefined) for (let i = 0; i < before; i++) scraped.push(scrape(sample, capacity.at(0)));
    current ??= sample;
    scrapeUntil(sample.t);
    current = sample;
  }
  scrapeUntil(end + Number.EPSILON);
  return { firstAt: -before * interval, samples: scraped };
}

/** As the kernel counts: `drop` with what clashed. */
function scrape({ entries, drop, clashed = 0, earlyDrop, insertFailed }: TableSample, capacity: number): ScrapedTable {
  return { entries, drop: drop + clashed, earlyDrop, insertFailed, capacity };
}
