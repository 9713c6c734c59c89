import { count, plural, seconds } from '../../model/format.ts';
import type { NodeExporterSummary } from '../../model/result/alerts/node-exporter.ts';
import type { Summary } from '../../model/result/summary.ts';

/** What a real node_exporter showed; nothing where none was asked for. */
export function nodeExporterLine({ nodeExporter, conntrack }: Pick<Summary, 'nodeExporter' | 'conntrack'>): [string, string][] {
  if (nodeExporter === undefined) return [];
  const { lowestPeakEntries, highestPeakEntries, intervalSeconds } = nodeExporter.seen;
  const { peakEntries, effectiveMax, ballast } = conntrack;
  const peak =
    lowestPeakEntries === highestPeakEntries
      ? count(highestPeakEntries)
      : `${count(lowestPeakEntries)} to ${count(highestPeakEntries)}`;
  const sentences = [
    agreement(nodeExporter),
    `Scraped every ${seconds(intervalSeconds)}, it shows at most ${peak} entries, depending on when the scrapes come (peak ${count(peakEntries)} of ${count(effectiveMax)})`,
    ...dropSeen(nodeExporter),
    ...(ballast === 0 ? [] : [`Its own figures include ${count(ballast)} entries of ballast, subtracted here`]),
  ];
  return [['Exporter', sentences.join('. ')]];
}

function agreement({ version, scrapes, agreed, largestDifference }: NodeExporterSummary): string {
  const how =
    agreed === scrapes
      ? 'all agree with the probe'
      : `${count(agreed)} agree with the probe (entries at most ${count(largestDifference)} apart)`;
  return `node_exporter ${version}: ${plural(scrapes, 'scrape')} over a Unix socket, which makes no entry; ${how}`;
}

function dropSeen({ seen: { dropSeenAfterSeconds: after } }: NodeExporterSummary): string[] {
  if (after === null) return [];
  const latest = after.latest === null ? 'not in every case before the end of the run' : `at the latest ${seconds(after.latest)}`;
  return [`The first drop shows ${seconds(after.earliest)} after it at the earliest, ${latest}`];
}
