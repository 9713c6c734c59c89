import { STEP_SECONDS } from '../../model/result/series.ts';

const DUST = 1e-9; // 0.3 / 0.1 is less than 3

/** The step `t` lies in. */
export function stepOf(t: number): number {
  return Math.floor(t / STEP_SECONDS + DUST);
}

/** How many steps cover the first `seconds`. */
export function stepsOf(seconds: number): number {
  return Math.ceil(seconds / STEP_SECONDS - DUST);
}

export function zeros(steps: number): number[] {
  return Array<number>(steps).fill(0);
}
