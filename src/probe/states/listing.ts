import type { CompositionRecord } from '../../model/timeline/sample.ts';

/** Counts the lines of `conntrack -L` (output format of conntrack-tools 1.4). */
export class ListingCount {
  readonly #states: Record<string, number> = {};
  #unreplied = 0;
  #assured = 0;

  /** `tcp      6 119 TIME_WAIT src=… [ASSURED] mark=0 use=1`; protocols without states have no fourth word of their own. */
  add(line: string): void {
    const words = line.split(/ +/, 4);
    const protocol = words[0];
    const fourth = words[3];
    if (protocol === undefined || fourth === undefined) return;
    const state = fourth.includes('=') || fourth.startsWith('[') ? protocol : fourth;
    this.#states[state] = (this.#states[state] ?? 0) + 1;
    if (line.includes('[UNREPLIED]')) this.#unreplied++;
    if (line.includes('[ASSURED]')) this.#assured++;
  }

  result(): Pick<CompositionRecord, 'states' | 'unreplied' | 'assured'> {
    return { states: this.#states, unreplied: this.#unreplied, assured: this.#assured };
  }
}
