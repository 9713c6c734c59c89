import { count, seconds } from '../../model/format.ts';
import { STEP_SECONDS } from '../../model/result/series.ts';
import type { Line, Unit } from './chart.ts';

/** Maps a value to a place. */
export type AxisPosition = (value: number) => number;

export function linear([low, high]: readonly [number, number], [from, to]: readonly [number, number]): AxisPosition {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

export function logarithmic([low, high]: readonly [number, number], range: readonly [number, number]): AxisPosition {
  const place = linear([Math.log10(low), Math.log10(high)], range);
  return (value) => place(Math.log10(Math.max(low, value)));
}

/** About `count` round values from `low` to `high`. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count || 1;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The powers of ten from `low` to `high`. */
export function decadeTicks(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number((10 ** (first + index)).toPrecision(6)));
}

/** The label of a tick: short, and with its unit where the axis has one. */
export function tickText(value: number, unit: Unit): string {
  if (unit === 'percent') return `${value} %`;
  if (unit === 'milliseconds') return value >= 1000 ? `${value / 1000} s` : `${value} ms`;
  return count(value);
}

/** So many times the usual height makes a spike. */
const SPIKE = 4;
/** Share of the steps with a value that may be spikes; more of them are the usual. */
const RARE = 0.05;
/** Steps below which nothing can be called usual. */
const FEWEST = 20;

/** Where a vertical axis ends, and what is said of the values beyond. */
export interface Ceiling {
  readonly high: number;
  readonly note?: string;
}

/**
 * The highest value of the lines, values per second in steps; but where a few steps are far above all others, the highest of those
 * others, because one burst would flatten everything else to a line.
 */
export function ceilingOf(lines: readonly Line[], least: number): Ceiling {
  const steps = Math.max(0, ...lines.map(({ values }) => values.length));
  const tops = Array.from({ length: steps }, (_, step) => Math.max(0, ...lines.map(({ values }) => values[step] ?? 0)));
  const busy = tops.filter((top) => top > 0).sort((a, b) => a - b);
  const highest = busy.at(-1) ?? 0;
  const usual = busy[Math.floor(busy.length * (1 - RARE))] ?? 0;
  if (busy.length < FEWEST || highest <= SPIKE * usual) return { high: Math.max(least, highest) };
  const rest = busy.filter((top) => top <= SPIKE * usual);
  const high = Math.max(least, rest.at(-1) ?? 0);
  const at = seconds(tops.indexOf(highest) * STEP_SECONDS);
  const spikes = busy.length - rest.length;
  const cut = spikes === 1 ? `one step of ${STEP_SECONDS} s` : `${count(spikes)} steps of ${STEP_SECONDS} s`;
  return { high, note: `Cut off above ${count(high)}/s: ${cut}, up to ${count(highest)}/s at ${at}.` };
}
