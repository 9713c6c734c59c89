import { count, percent, plural, seconds } from '../../model/format.ts';
import type { GatewayTableSummary } from '../../model/result/conntrack-summary.ts';
import type { Summary } from '../../model/result/summary.ts';

/** The table of each of several gateways; nothing where there is one. */
export function gatewayLines({ conntrack: { gateways = [] } }: Pick<Summary, 'conntrack'>): [label: string, text: string][] {
  return gateways.map((gateway, index) => [index === 0 ? 'Tables' : '', gatewayText(gateway)]);
}

function gatewayText({ name, effectiveMax, peakEntries, drop, earlyDrop, ...rest }: GatewayTableSummary): string {
  const { firstDropAtSeconds: at, isFirst, tracksLoad, entriesPerConnection } = rest;
  const each = entriesPerConnection === null ? '' : `, ${entriesPerConnection.toFixed(2)} per connection`;
  const peak = `${name}: peak ${count(peakEntries)} of ${count(effectiveMax)} (${percent(peakEntries / effectiveMax)})${each}`;
  const evicted = earlyDrop === 0 ? '' : `, ${plural(earlyDrop, 'flow')} evicted`;
  if (at !== null)
    return `${peak}, ${plural(drop, 'packet')} dropped from ${seconds(at)} on${isFirst ? ' (first)' : ''}${evicted}`;
  return `${peak}, nothing dropped${evicted}${tracksLoad ? '' : '; the load does not show in it'}`;
}
