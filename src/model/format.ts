// How numbers are written, in every output and in the sentences of summary.json alike.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345` */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Three digits, as far as they matter: `0.42 ms`, `12.3 ms`, `3.07 s`. */
export function milliseconds(value: number): string {
  if (value >= 1000) return seconds(value / 1000);
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ms`;
}

/** `0.85 s`, `12.3 s`, `214 s` */
export function seconds(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} s`;
}

/** `23 %`; `0.4 %` below ten, so that little is not nothing. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value === 0 || value >= 9.95 ? value.toFixed(0) : value < 0.05 ? '<0.1' : value.toFixed(1)} %`;
}

/** `1 socket`, `2 sockets` */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `1.000`, `0.973`: of two counts that should be equal. */
export function ratio(value: number): string {
  return value.toFixed(3);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `8589934592` → `8 GiB`, `1019506688` → `972.3 MiB`: three digits, four from 100 up. */
export function bytes(value: number): string {
  let amount = value;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${Number(amount.toPrecision(amount >= 100 ? 4 : 3))} ${UNITS[unit]}`;
}

/** `a`, `a and b`, `a, b and c` */
export function list(items: readonly string[]): string {
  return [items.slice(0, -1).join(', '), ...items.slice(-1)].filter((part) => part !== '').join(' and ');
}
