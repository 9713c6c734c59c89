import { count } from '../../model/format.ts';

/** `17,370`, `558`, `0.606`: three digits, or all whole ones from 1,000 up. */
export function figure(value: number): string {
  return value >= 1000 ? count(value) : String(Number(value.toPrecision(3)));
}
