import { count } from '../../model/format.ts';
import type { Unit } from './chart.ts';

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
