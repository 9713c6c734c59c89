import type { Captured, Reading } from '../../model/timeline/captured.ts';

/** A counter, as several readings have it. */
export interface Rise {
  /** At the latest reading. */
  readonly value: number;
  /** How much it rose from the first reading to the last; null with a single one. */
  readonly rise: number | null;
}

export interface Rises {
  /** Undefined for a counter that nothing shows. */
  of(name: string): Rise | undefined;
  /** Those that something shows. */
  readonly names: readonly string[];
  /** Formats whose readings cannot be of one namespace since one boot. */
  readonly contradictory: readonly string[];
}

/** Readings of settings and of what goes up and down. */
const GAUGES: ReadonlySet<Reading['format']> = new Set(['sysctl', 'sockets']);
const UP_AND_DOWN =
  /^(?:entries|nf_conntrack_max|node_sockstat_|TcpCurrEstab$)|_available$|^(?:Tcp|Ip6?)(?:Rto|MaxConn|Forwarding|DefaultTTL)/;

/** Whether values of that name only grow, but for restarts. */
export function isCounter(name: string): boolean {
  return !UP_AND_DOWN.test(name);
}

/**
 * How much every counter rose. Which reading came first is not asked: counters only grow. Readings of different formats are not compared:
 * a report of a machine holds one of each, taken within seconds.
 */
export function risesOf({ readings }: Captured): Rises {
  const series = new Map<string, Reading[]>();
  for (const reading of readings) {
    if (!GAUGES.has(reading.format)) series.set(reading.format, [...(series.get(reading.format) ?? []), reading]);
  }
  const found = new Map<string, Rise>();
  const contradictory: string[] = [];
  for (const [format, list] of series) {
    const agree = agreeing(list);
    if (!agree) contradictory.push(format);
    for (const [name, values] of valuesOf(list)) {
      const value = Math.max(...values);
      const rise = agree && values.length > 1 ? value - Math.min(...values) : null;
      const before = found.get(name);
      if (before === undefined || (rise ?? -1) > (before.rise ?? -1)) found.set(name, { value, rise });
    }
  }
  return { of: (name) => found.get(name), names: [...found.keys()], contradictory };
}

function valuesOf(readings: readonly Reading[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  for (const reading of readings) {
    for (const [name, value] of reading.values) {
      if (isCounter(name)) values.set(name, [...(values.get(name) ?? []), value]);
    }
  }
  return values;
}

/** Whether the readings can be put in an order in which no counter falls: if not, something was restarted, or they are of several tables. */
function agreeing(readings: readonly Reading[]): boolean {
  return readings.every((one, index) => readings.slice(index + 1).every((other) => inOrder(one, other)));
}

function inOrder(one: Reading, other: Reading): boolean {
  let up = false;
  let down = false;
  for (const [name, value] of one.values) {
    const later = other.values.get(name);
    if (later === undefined || !isCounter(name)) continue;
    up ||= later > value;
    down ||= later < value;
  }
  return !(up && down);
}
