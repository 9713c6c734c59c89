import type { Line, Track } from './chart.ts';

/**
 * At most `most` points of a track. Of every stretch of time each line keeps its lowest and its highest value, in the order
 * they came, so no extreme is lost; stacked lines keep the two instants at which their sum is lowest and highest.
 */
export function downsample(track: Track, most: number): Track {
  const { t, lines } = track;
  if (t.length <= most) return track;
  const size = Math.ceil(t.length / (most / 2));
  const stretches = Array.from({ length: Math.ceil(t.length / size) }, (_, index) => index * size);
  const second = (start: number) => Math.min(start + Math.floor(size / 2), t.length - 1);
  if (lines.some(({ style }) => style === 'stack')) return pickInstants(track, stretches, size);
  return {
    ...track,
    t: stretches.flatMap((start) => [t[start] ?? 0, t[second(start)] ?? 0]),
    lines: lines.map((line) => ({ ...line, values: stretches.flatMap((start) => extremes(line.values, start, start + size)) })),
  };
}

function pickInstants(track: Track, stretches: readonly number[], size: number): Track {
  const { t, lines } = track;
  const sums = t.map((_, index) => lines.reduce((sum, line) => sum + (line.values[index] ?? 0), 0));
  const picked = stretches.flatMap((start) => {
    const [low, high] = places(sums, start, start + size);
    return low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
  });
  const pick = (line: Line): Line => ({ ...line, values: picked.map((index) => line.values[index] ?? null) });
  return { ...track, t: picked.map((index) => t[index] ?? 0), lines: lines.map(pick) };
}

function extremes(values: Line['values'], start: number, end: number): (number | null)[] {
  const [low, high] = places(values, start, end);
  return [values[Math.min(low, high)] ?? null, values[Math.max(low, high)] ?? null];
}

/** Where the lowest and the highest value between `start` and `end` are; both `start` when there is none. */
function places(values: Line['values'], start: number, end: number): [low: number, high: number] {
  let low = -1;
  let high = -1;
  for (let index = start; index < Math.min(end, values.length); index++) {
    const value = values[index] ?? null;
    if (value === null) continue;
    if (low < 0 || value < (values[low] ?? 0)) low = index;
    if (high < 0 || value > (values[high] ?? 0)) high = index;
  }
  return low < 0 ? [start, start] : [low, high];
}
