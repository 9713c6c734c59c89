import { masquerades } from '../model/input/dataplanes.ts';
import { type Flood, type GatewaySpec, openSeconds, type Scenario } from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import type { EntryLife, EntryState } from '../model/node/entry-life.ts';
import { SNAT_PORTS } from '../model/node/snat-ports.ts';
import { sum } from '../model/sum.ts';
import { type DestinationSet, destinationSets } from './destinations.ts';
import type { Flow } from './flow.ts';

/** An entry that is closing gives up its port when another connection wants it (nf_nat_used_tuple_harder, kernels since 2023). */
export const YIELDING: readonly EntryState[] = ['TIME_WAIT', 'CLOSE'];

/** The connections of a flood that want a source port. */
export interface PortDemand {
  readonly flood: Flood;
  readonly sets: readonly DestinationSet[];
  /** All that there ever are. */
  readonly most: number;
  /** Those that keep theirs at `t`. */
  keeping(t: number): number;
  /** All that have an entry at `t`, those that are closing and those that have expired `lagSeconds` ago included. */
  all(t: number, lagSeconds: number): number;
}

/** Seconds after which no load opens connections any more. */
const LONG_AFTER = 1e9;

/** What a flood wants, from what is known of its connections. */
export function portDemand(
  flood: Flood,
  { flow, life, holds }: { readonly flow: Flow; readonly life: EntryLife; readonly holds: boolean },
  { gateway, lab }: Scenario,
): PortDemand {
  const open = openSeconds(flood);
  const linger = timeoutSeconds(life.timeout, gateway.conntrack.timeouts);
  const keeps = holds || YIELDING.includes(life.ends) ? 0 : linger;
  return {
    flood,
    sets: destinationSets(flood, lab.family),
    most: flow.opened(LONG_AFTER),
    keeping: (t) => flow.opened(t) - flow.ended(t - open - keeps),
    all: (t, lagSeconds) => flow.opened(t) - flow.ended(t - open - linger - lagSeconds),
  };
}

/** What decides how many source ports a gateway has. */
export type Masking = Pick<GatewaySpec, 'dataplane'> & Partial<Pick<GatewaySpec, 'masquerade' | 'ipvs' | 'snatPorts'>>;

/** Source ports of the gateway towards each destination; Infinity where it does not masquerade. */
export function portsEach({ dataplane, masquerade, ipvs, snatPorts = SNAT_PORTS }: Masking): number {
  return !masquerades(dataplane, masquerade) || ipvs?.conntrack === false ? Number.POSITIVE_INFINITY : snatPorts;
}

/**
 * How many connections of a flood get a port where each destination has `ports` of them for all floods together: those that keep
 * theirs first, each flood in proportion to what it wants, then those that are closing.
 */
export function granted(own: PortDemand, demands: readonly PortDemand[], ports: number): PortDemand['all'] {
  if (own.sets.every((set) => bandsOf(set, demands).every(({ wanted }) => wanted(({ most }) => most) <= ports))) return own.all;
  const rivals = own.sets.map((set) => ({ set, bands: bandsOf(set, demands) }));
  return (t, lagSeconds) =>
    sum(rivals, ({ set, bands }) => {
      const keeping = (set.share * own.keeping(t)) / set.many;
      const closing = (set.share * (own.all(t, lagSeconds) - own.keeping(t))) / set.many;
      return sum(bands, ({ width, wanted }) => {
        const kept = wanted((demand) => demand.keeping(t));
        const free = Math.max(0, ports - kept);
        return width * (keeping * part(ports, kept) + closing * part(free, wanted((demand) => demand.all(t, lagSeconds)) - kept));
      });
    });
}

/** Share of what is wanted that there is. */
function part(available: number, wanted: number): number {
  return wanted <= available ? 1 : available / wanted;
}

/** Destinations of a set that the same floods connect to. */
interface Band {
  readonly width: number;
  /** What these floods want of each of the destinations. */
  wanted(value: (demand: PortDemand) => number): number;
}

function bandsOf({ name, many }: DestinationSet, demands: readonly PortDemand[]): Band[] {
  const towards = setsOf(name, demands);
  const ends = [...new Set(towards.map(({ set }) => Math.min(many, set.many)))].sort((a, b) => a - b);
  return ends.map((end, index) => {
    const here = towards.filter(({ set }) => set.many >= end);
    return {
      width: end - (ends[index - 1] ?? 0),
      wanted: (value) => sum(here, ({ demand, set }) => (set.share * value(demand)) / set.many),
    };
  });
}

/** The demands for destinations of one name. */
export function setsOf<D extends Pick<PortDemand, 'sets'>>(
  name: string,
  demands: readonly D[],
): { readonly demand: D; readonly set: DestinationSet }[] {
  return demands.flatMap((demand) => demand.sets.filter((set) => set.name === name).map((set) => ({ demand, set })));
}
