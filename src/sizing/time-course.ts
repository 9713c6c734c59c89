const STEPS = 4000;

export interface TimeCourse {
  readonly peak: number;
  /** Seconds at which the value first reaches the level; null if it never does. */
  readonly reachedAt: number | null;
}

/** Follows `value` from 0 to `seconds`: its peak, and when it first reaches `level`. Sampled, then narrowed by bisection. */
export function timeCourse(value: (t: number) => number, seconds: number, level = Number.POSITIVE_INFINITY): TimeCourse {
  let peak = 0;
  let reachedAt: number | null = null;
  let before = 0;
  for (let step = 0; step <= STEPS; step++) {
    const t = (seconds * step) / STEPS;
    const now = rounded(value(t));
    peak = Math.max(peak, now);
    if (reachedAt === null && now >= level) reachedAt = step === 0 ? 0 : crossing(value, level, before, t);
    before = t;
  }
  return { peak, reachedAt };
}

function crossing(value: (t: number) => number, level: number, below: number, above: number): number {
  let [low, high] = [below, above];
  while (high - low > 1e-4) {
    const middle = (low + high) / 2;
    if (rounded(value(middle)) >= level) high = middle;
    else low = middle;
  }
  return Number(high.toFixed(3));
}

/** Removes the noise of binary fractions: 1300.0000000000002 entries fit into a table of 1300. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
