import type { NodeExporterSummary, ScrapesSeen } from '../../model/result/alerts/node-exporter.ts';
import type { NodeExporterRecord } from '../../model/timeline/node-exporter.ts';
import type { RunLog } from '../log/run-log.ts';
import type { TableRows, TableSample } from '../log/table-rows.ts';

/** Prometheus' usual interval of scrapes, seconds. */
const USUAL_INTERVAL = 15;
const FIGURES = ['entries', 'drop', 'earlyDrop', 'insertFailed'] as const;

type Scrape = TableSample & { readonly took: number };
type Log = Pick<RunLog, 'nodeExporter' | 'tables'>;

/** What a node_exporter beside the probe saw; nothing where there was none. */
export function nodeExporterOf({ nodeExporter: records, tables }: Log): { readonly nodeExporter?: NodeExporterSummary } {
  const { samples } = tables.gateway;
  const [first] = records;
  const lastSample = samples.last?.t ?? Number.NEGATIVE_INFINITY;
  // The sampler may end within the last scrape: what the counters rise by after its last sample compares with nothing.
  const scrapes = scrapesIn(records, tables.gateway).filter(({ t, took }) => t + took <= lastSample);
  if (first === undefined || scrapes.length === 0) return {};
  const distances = distancesTo(samples, scrapes);
  return {
    nodeExporter: {
      version: first.version,
      scrapes: scrapes.length,
      agreed: distances.filter((distance) => FIGURES.every((name) => distance[name] === 0)).length,
      largestDifference: Math.max(...distances.map(({ entries }) => entries)),
      seen: seenEvery(USUAL_INTERVAL, scrapes, samples),
    },
  };
}

/** Those from the start of the load on, like the probe's samples: counters as risen since then, entries not above the limit. */
function scrapesIn(records: readonly NodeExporterRecord[], { capacity, base }: Log['tables']['gateway']): Scrape[] {
  return records
    .filter(({ t }) => t >= 0)
    .map(({ t, took, entries, ...counters }) => ({
      t,
      took,
      entries: Math.min(entries, capacity.mostUntil(t + took)),
      drop: counters.drop - base.drop,
      earlyDrop: counters.earlyDrop - base.earlyDrop,
      insertFailed: counters.insertFailed - base.insertFailed,
    }));
}

type Distances = Record<(typeof FIGURES)[number], number>;

/**
 * How far each figure of a scrape lies outside the samples around it: from the last but one before it to the second after it, for
 * entries rise and fall between two samples.
 */
function distancesTo(samples: TableRows, scrapes: readonly Scrape[]): Distances[] {
  let from = 0;
  return scrapes.map((scrape) => {
    while ((samples.at(from + 2)?.t ?? Number.POSITIVE_INFINITY) <= scrape.t) from++;
    const around: TableSample[] = [];
    let after = 0;
    for (let row = from; after < 2; row++) {
      const sample = samples.at(row);
      if (sample === undefined) break;
      around.push({ ...sample, drop: sample.drop + (sample.clashed ?? 0) }); // an exporter shows the kernel's own
      if (sample.t >= scrape.t + scrape.took) after++;
    }
    return Object.fromEntries(
      FIGURES.map((name) => [
        name,
        outside(
          scrape[name],
          around.map((one) => one[name]),
        ),
      ]),
    ) as Distances;
  });
}

function outside(value: number, around: readonly number[]): number {
  return Math.max(0, Math.min(...around) - value, value - Math.max(...around));
}

/** What every phase of a longer interval shows; scrapes a phase of which has none in the run say nothing of it. */
function seenEvery(intervalSeconds: number, scrapes: readonly Scrape[], samples: TableRows): ScrapesSeen {
  const phases = new Map<number, Scrape[]>();
  for (const scrape of scrapes) {
    const phase = Math.round(scrape.t) % intervalSeconds;
    phases.set(phase, [...(phases.get(phase) ?? []), scrape]);
  }
  const all = [...phases.values()];
  const peaks = all.map((seen) => Math.max(...seen.map(({ entries }) => entries)));
  const droppedAt = samples.find(({ drop }) => drop > 0)?.t;
  const delays = droppedAt === undefined ? [] : all.map((seen) => delayOf(seen, droppedAt));
  const known = delays.filter((delay) => delay !== undefined);
  const everyPhase = all.length === intervalSeconds && known.length === delays.length;
  return {
    intervalSeconds,
    lowestPeakEntries: Math.min(...peaks),
    highestPeakEntries: Math.max(...peaks),
    dropSeenAfterSeconds:
      known.length === 0 ? null : { earliest: Math.min(...known), latest: everyPhase ? Math.max(...known) : null },
  };
}

function delayOf(scrapes: readonly Scrape[], droppedAt: number): number | undefined {
  const first = scrapes.find(({ t, drop }) => t >= droppedAt && drop > 0);
  return first && first.t - droppedAt;
}
