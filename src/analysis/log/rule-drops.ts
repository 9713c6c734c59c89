import type { RuleCountersRecord } from '../../model/timeline/rules.ts';

/** What the named counters of the user's own rules counted of dropped packets during the load. */
export interface RuleDrops {
  readonly packets: number;
  readonly counters: readonly { readonly name: string; readonly packets: number }[];
}

/** Undefined where there are no such rules, or their counters were not read at both ends of the load. */
export function ruleDropsIn(records: readonly RuleCountersRecord[]): RuleDrops | undefined {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const counters = Object.entries(last.dropped).map(([name, packets]) => ({
    name,
    packets: packets - (first.dropped[name] ?? 0),
  }));
  return { packets: counters.reduce((sum, { packets }) => sum + packets, 0), counters };
}
