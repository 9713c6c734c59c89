import { count } from '../../model/format.ts';
import type { Unit } from './chart.ts';

/** A value beside its tick: short, and with its unit where the axis has one. */
export function tickText(value: number, unit: Unit): string {
  if (unit === 'percent') return `${value} %`;
  if (unit === 'milliseconds') return value >= 1000 ? `${value / 1000} s` : `${value} ms`;
  return count(value);
}
