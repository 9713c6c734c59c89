import { formatDuration } from '../model/units.ts';
import type { FloodPrediction, Prediction } from './predict.ts';

const LINGERING = 'Expired entries stay counted until gc comes by (1 to 60 s): the true count runs higher, as a sawtooth.';

/** The prediction for people, one line each, the answer first. */
export function describePrediction(prediction: Prediction): string[] {
  const { max, prefilled, peakEntries, peakEntriesUnreaped } = prediction;
  const ofMax = (entries: number) => `${number(entries)} of ${number(max)} entries (${Math.round((100 * entries) / max)} %)`;
  return [
    `Prediction: ${headline(prediction, ofMax)}`,
    ...(prefilled > 0 ? [`  before the load    ${ofMax(prefilled)}`] : []),
    ...prediction.floods.map(floodLine),
    ...(peakEntriesUnreaped > peakEntries
      ? [
          `  at most            ${ofMax(peakEntries)} if entries went as they expire, ${ofMax(peakEntriesUnreaped)} if gc takes a minute`,
        ]
      : []),
    ...(peakEntriesUnreaped > peakEntries ? [`  ${LINGERING}`] : []),
  ];
}

function headline(
  { outcome, fullAfterSeconds, offeredRate, steadyEntries, peakEntries, max }: Prediction,
  ofMax: (n: number) => string,
) {
  const full = `full after ${(fullAfterSeconds ?? 0).toFixed(1)} s${offeredRate > 0 ? ` at ${number(offeredRate)} conn/s` : ''}`;
  if (outcome === 'breaks') return full;
  if (outcome === 'may-break')
    return `holds by the textbook (peak ${ofMax(peakEntries)}), but with lingering entries ${full} at the earliest`;
  if (steadyEntries === null || steadyEntries > max)
    return `holds for this long (peak ${ofMax(peakEntries)}), would fill if it went on`;
  return `steady state ${ofMax(steadyEntries)}: holds`;
}

function floodLine({ name, peakEntries, leaves, lingerSeconds }: FloodPrediction): string {
  return `  ${name.padEnd(18)} ${number(peakEntries)} entries at its peak; each stays ${leaves} for ${formatDuration(lingerSeconds)} when its connection is over`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}
