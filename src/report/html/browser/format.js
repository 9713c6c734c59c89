const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const THREE = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A value at the cursor, with its unit. */
export function withUnit(value, unit) {
  if (value === null || value === undefined) return '–';
  if (unit === 'entries') return WHOLE.format(value);
  if (unit === 'percent') return `${THREE.format(value)} %`;
  if (unit === 'per-second') return `${THREE.format(value)}/s`;
  return value >= 1000 ? `${THREE.format(value / 1000)} s` : `${THREE.format(value)} ms`;
}

/** A value beside its tick. */
export function tickText(value, unit) {
  if (unit === 'percent') return `${value} %`;
  if (unit === 'milliseconds') return value >= 1000 ? `${value / 1000} s` : `${value} ms`;
  return WHOLE.format(value);
}

export function secondsText(value) {
  return `${Number(value.toFixed(2))} s`;
}
