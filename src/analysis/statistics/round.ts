/** Decimals worth writing: microseconds, millionths. */
const SCALE = 1e6;

/** A copy of `value` with every number in it rounded to 6 decimals: floating-point dust is no finding. */
export function rounded<Value>(value: Value): Value {
  return round(value) as Value;
}

function round(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * SCALE) / SCALE;
  if (Array.isArray(value)) return value.map(round);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, round(inner)]));
}
