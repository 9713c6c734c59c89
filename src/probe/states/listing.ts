import type { CompositionRecord } from '../../model/timeline/sample.ts';

/** Entries with more time left than this count alike: no two looks at a table are further apart. */
const LONGEST = 600; // seconds

/** An entry whose addresses are IPv6's. */
const IPV6 = / src=[0-9a-f]*:/;

/** Counts the lines of `conntrack -L` (output format of conntrack-tools 1.4). */
export class ListingCount {
  readonly #states: Record<string, number> = {};
  /** Number of entries by the whole seconds they have left. */
  readonly #left = new Uint32Array(LONGEST + 1);
  #entries = 0;
  #unreplied = 0;
  #assured = 0;
  #ipv6 = 0;

  /** `tcp      6 119 TIME_WAIT src=… [ASSURED] mark=0 use=1`; protocols without states have no fourth word of their own. */
  add(line: string): void {
    const words = line.split(/ +/, 4);
    const protocol = words[0];
    const fourth = words[3];
    if (protocol === undefined || fourth === undefined) return;
    const state = fourth.includes('=') || fourth.startsWith('[') ? protocol : fourth;
    this.#states[state] = (this.#states[state] ?? 0) + 1;
    const left = Math.min(Number(words[2]), LONGEST);
    this.#left[left] = (this.#left[left] ?? 0) + 1;
    this.#entries++;
    if (line.includes('[UNREPLIED]')) this.#unreplied++;
    if (line.includes('[ASSURED]')) this.#assured++;
    if (IPV6.test(line)) this.#ipv6++;
  }

  /** Entries counted so far. */
  get entries(): number {
    return this.#entries;
  }

  /** How many of the entries expire within `seconds` if no further packet arrives; rounded up to the whole seconds listed. */
  expiringWithin(seconds: number): number {
    let sum = 0;
    for (let left = 0; left < seconds && left < LONGEST; left++) sum += this.#left[left] ?? 0;
    return sum;
  }

  /** @param factor entries in the table ÷ entries listed; the results are rounded to whole entries */
  result(factor = 1): Pick<CompositionRecord, 'states' | 'unreplied' | 'assured' | 'ipv6'> {
    const scaled = (count: number) => Math.round(count * factor);
    return {
      states: Object.fromEntries(Object.entries(this.#states).map(([state, count]) => [state, scaled(count)])),
      unreplied: scaled(this.#unreplied),
      assured: scaled(this.#assured),
      ...(this.#ipv6 === 0 ? {} : { ipv6: scaled(this.#ipv6) }),
    };
  }
}
