const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86400 };
const DURATION = /^(\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/;
const MULTIPLE: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6 };

/** Seconds of `1m30s`, `250ms`, `24h0m0s`; undefined when `text` is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)) {
    seconds += Number(number) * (SECONDS[unit ?? ''] ?? Number.NaN);
  }
  return seconds;
}

/** `90` → `1m30s`, `0.25` → `250ms`: the shortest text that parses back to the same value. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return '0s';
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(6))}ms`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds - hours * 3600) / 60);
  const rest = Number((seconds - hours * 3600 - minutes * 60).toFixed(6));
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${rest}s` : ''}`;
}

/** `4096`, `4k`, `1.5m` (case does not matter) as a number; undefined when `text` is no count. */
export function parseCount(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (MULTIPLE[(match[2] ?? '').toLowerCase()] ?? Number.NaN);
}
