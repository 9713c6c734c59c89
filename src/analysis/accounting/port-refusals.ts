import { masquerades } from '../../model/input/dataplanes.ts';
import { DNS_ENDPOINTS, HALF_OPEN_SERVICES, SERVICES } from '../../model/input/lab.ts';
import { SNAT_PORTS } from '../../model/node/snat-ports.ts';
import { recordedTracking } from '../../model/timeline/tracking.ts';
import type { RunLog } from '../log/run-log.ts';
import type { Clashes } from '../log/table.ts';

/**
 * With fewer entries than this share of the ports towards one destination none is refused: the kernel tries up to 248, in runs of 128
 * neighbours, 64, 32, 16 and 8, each from a random one on (nf_nat_l4proto_unique_tuple). Taken ports cluster, so the first is refused
 * at 0.77 or more of the ports (simulated, 200 to 64,512 of them; measured on 6.18: 918 of 1,000), never near half of them.
 */
const TAKEN = 0.5;

/** Destinations of floods that do not have all of the lab's. */
const FEWER: Readonly<Record<string, number>> = { 'half-open': HALF_OPEN_SERVICES, dns: DNS_ENDPOINTS };

/** Packets that the gateway dropped because masquerade found no free source port. */
export interface PortRefusals extends Clashes {
  /** Source ports of the gateway towards one destination. */
  readonly ports: number;
  /** Whether that can be what the packets were dropped for: the gateway masquerades, and had hardly a port left. */
  readonly explained: boolean;
}

/**
 * What masquerade does when every source port that it tries is taken: it leaves the last one, the entry clashes with the one that has
 * it, and the packet is dropped (insert_failed and drop). Two packets at the same moment clash as well, but few do, and in a table
 * with fewer entries than ports.
 */
export function countPortRefusals({ meta, tables: { gateway } }: Pick<RunLog, 'meta' | 'tables'>): PortRefusals {
  const { clashes } = gateway;
  const { snatPorts: ports = SNAT_PORTS } = meta.lab;
  return { ...clashes, ports, explained: clashes.packets > 0 && clashes.entries >= fewestBeforeScarce(meta) };
}

/**
 * Entries in the gateway's table from which on source ports may be scarce: below, none is refused, and none is taken from an entry that
 * is closing. Infinity where the gateway does not masquerade, as far as ctload knows.
 */
export function fewestBeforeScarce({ lab, scenario: { floods } }: RunLog['meta']): number {
  const { dataplane, masquerade, rules, snatPorts = SNAT_PORTS, capacity } = lab;
  const masks = masquerades(dataplane, masquerade) && (recordedTracking(lab)?.flows ?? 0) > 0 && rules?.mode !== 'replace';
  const destinations = floods.map((flood) => flood.destinations ?? FEWER[flood.kind] ?? SERVICES);
  return masks ? TAKEN * snatPorts * Math.min(...destinations) + capacity.prefilled : Number.POSITIVE_INFINITY;
}
