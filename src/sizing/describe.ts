import { count, list, percent, plural } from '../model/format.ts';
import { formatDuration } from '../model/units.ts';
import type { FloodPrediction, Prediction } from './predict.ts';

const LINGERING =
  'Expired entries stay counted until the kernel’s gc runs (1 to 60 s), so the real count is higher and saw-toothed.';

/** The prediction as lines of text, the answer first. */
export function describePrediction(prediction: Prediction): string[] {
  const { max, prefilled, peakEntries, peakEntriesUnreaped } = prediction;
  const ofMax = (entries: number) => `${count(entries)} of ${count(max)} entries (${percent(entries / max)})`;
  return [
    `Prediction: ${headline(prediction, ofMax)}`,
    ...chainLines(prediction),
    ...portLines(prediction),
    ...(prefilled > 0 ? [`  before the load    ${ofMax(prefilled)}`] : []),
    ...prediction.floods.map(floodLine),
    ...(peakEntriesUnreaped > peakEntries
      ? [
          `  at most            ${ofMax(peakEntries)} if entries are removed as they expire, ${ofMax(peakEntriesUnreaped)} if gc takes a minute`,
        ]
      : []),
    ...(peakEntriesUnreaped > peakEntries ? [`  ${LINGERING}`] : []),
  ];
}

function headline(
  { outcome, fullAfterSeconds, offeredRate, steadyEntries, peakEntries, max, evictedFlows, hashChains, portsSpent }: Prediction,
  ofMax: (n: number) => string,
) {
  const full = `full after ${(fullAfterSeconds ?? 0).toFixed(1)} s${offeredRate > 0 ? ` at ${count(offeredRate)} conn/s` : ''}`;
  if (hashChains !== null)
    return `hash chains too long after ${hashChains.afterSeconds.toFixed(1)} s, with ${ofMax(hashChains.entries)}`;
  if (outcome === 'breaks') return full;
  if (outcome === 'evicts')
    return `${full}, then evicts about ${count(evictedFlows ?? 0)} flows; no waiting client affected: holds`;
  if (outcome === 'may-break')
    return `holds in theory (peak ${ofMax(peakEntries)}); if expired entries stay counted, ${full} at the earliest`;
  if (portsSpent !== null) return `the table holds (peak ${ofMax(peakEntries)}), but source ports run out`;
  if (steadyEntries === null || steadyEntries > max)
    return `holds for this duration (peak ${ofMax(peakEntries)}); would fill if continued`;
  return `steady state ${ofMax(steadyEntries)}: holds`;
}

function chainLines({ hashChains }: Prediction): string[] {
  if (hashChains === null) return [];
  return [
    `  warning            the kernel refuses new entries in a chain of more than 50 to 80 (insert_failed), long before the table is full; raise nf_conntrack_buckets to ${count(hashChains.sufficientBuckets)} or more`,
  ];
}

function portLines({ portsSpent }: Prediction): string[] {
  if (portsSpent === null) return [];
  const { flood, others = [], available, destinations, afterSeconds } = portsSpent;
  const whose = others.length === 0 ? `flood ${flood} has` : `floods ${list([flood, ...others])} share`;
  return [
    `  warning            source ports run out after ${afterSeconds.toFixed(1)} s: ${whose} ${count(available)} ports for ${plural(destinations, 'destination')}; the gateway drops ${others.length === 0 ? 'its' : 'their'} other connections (insert_failed; snat-ports-exhausted), whatever the size of the table`,
  ];
}

/** States of entries that have no connection which could end. */
const CONNECTIONLESS: readonly string[] = ['UDP', 'UDP_STREAM', 'ICMP'];

function floodLine({ name, peakEntries, leaves, lingerSeconds }: FloodPrediction): string {
  return `  ${name.padEnd(18)} ${count(peakEntries)} entries at its peak; each stays in ${leaves} for ${formatDuration(lingerSeconds)} after ${CONNECTIONLESS.includes(leaves) ? 'its last packet' : 'its connection ends'}`;
}
