import { count } from '../../model/format.ts';
import type { Summary } from '../../model/result/summary.ts';

/** Rules of the user's own in the gateway, and what their named counters counted; nothing where there are none. */
export function ruleLine({ rules }: Summary): [string, string][] {
  if (rules === undefined) return [];
  const { tool, mode, dropped } = rules;
  const how = mode === 'add' ? 'added to those of the dataplane' : 'in place of those of the dataplane';
  const counters = Object.entries(dropped ?? {}).map(([name, packets]) => `${name} ${count(packets)}`);
  const counted =
    dropped === null
      ? 'their counters could not be read'
      : counters.length === 0
        ? 'without a named counter of dropped packets'
        : `packets dropped: ${counters.join(', ')}`;
  return [['Rules', `the scenario's own, loaded by ${tool}, ${how}; ${counted}`]];
}
