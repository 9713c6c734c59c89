import { type AddressFamily, familiesIn, type LabFamily } from '../model/input/address-family.ts';
import type { FloodKind } from '../model/input/flood-kind.ts';
import { DNS_ENDPOINTS, HALF_OPEN_SERVICES, SERVICES } from '../model/input/lab.ts';
import type { Flood } from '../model/input/scenario.ts';

/** What a kind of flood connects to: the ports of one kind of endpoints, and how many of these a family has. */
interface Towards {
  readonly endpoints: 'http' | 'stale' | 'half-open' | 'datagrams' | 'names';
  readonly many: number;
}

/** Null: the gateway does not translate it. */
const TOWARDS: Readonly<Record<FloodKind, Towards | null>> = {
  short: { endpoints: 'http', many: SERVICES },
  long: { endpoints: 'http', many: SERVICES },
  stale: { endpoints: 'stale', many: SERVICES },
  'half-open': { endpoints: 'half-open', many: HALF_OPEN_SERVICES },
  udp: { endpoints: 'datagrams', many: SERVICES },
  dns: { endpoints: 'names', many: DNS_ENDPOINTS },
  icmp: null,
};

/** Destinations of a flood that have source ports of their own, of one family. */
export interface DestinationSet {
  /** Floods with the same name here connect to the same destinations, those with fewer to the first of them. */
  readonly name: string;
  /** How many of them the flood connects to, evenly. */
  readonly many: number;
  /** Share of the flood's connections that go there. */
  readonly share: number;
}

/**
 * Where the connections of a flood go to, as the gateway translates them: no two connections from a gateway that masquerades to one of
 * these have the same source port, whatever flood they are of.
 */
export function destinationSets(flood: Flood, family?: LabFamily): DestinationSet[] {
  const towards = TOWARDS[flood.kind];
  if (towards === null) return [];
  const families: readonly AddressFamily[] = flood.family === undefined ? familiesIn(family) : [flood.family];
  const all = towards.many * families.length;
  const many = 'destinations' in flood ? Math.min(all, flood.destinations ?? all) : all;
  const ports = flood.kind === 'udp' && !flood.reply ? 'unanswered' : towards.endpoints;
  return families.flatMap((one, index) => {
    const own = Math.ceil((many - index) / families.length); // the lab names them in turn
    return own === 0 ? [] : [{ name: `${ports} ${one}`, many: own, share: own / many }];
  });
}
