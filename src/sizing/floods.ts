import { masquerades } from '../model/input/dataplanes.ts';
import { FLOOD_TRAITS } from '../model/input/flood-traits.ts';
import { SERVICES } from '../model/input/lab.ts';
import {
  destinationsOf,
  type Flood,
  type GatewaySpec,
  openSeconds,
  prefillEntries,
  type Scenario,
} from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import { trackingOf } from '../model/input/tracking.ts';
import { ENTRY_LIVES, type EntryLife, LIFE_IN_STATE } from '../model/node/entry-life.ts';
import { SNAT_PORTS } from '../model/node/snat-ports.ts';
import { type Flow, flowOf, goesOn } from './flow.ts';
import { type Component, type SteadyComponent, steadyComponent } from './table-model.ts';

/** The entries of one flood that live alike, as a part of its scenario's load. */
export interface FloodComponent extends Component {
  /** Name of its flood. */
  readonly name: string;
  /** Its connections, at the clients. */
  readonly flow: Flow;
  /** How many of these entries the gateway has for each of them. */
  readonly entriesPerConnection: number;
  /** Whether its connections stay open until the flood closes them. */
  readonly holds: boolean;
  /** What it would be from `t` on if that moment lasted for ever. */
  continuedAt(t: number): SteadyComponent;
}

/** The floods of a scenario as parts of the load of its gateway, in their order. */
export function componentsOf({ floods, gateway }: Scenario): FloodComponent[] {
  return floods.flatMap((flood) => partsOf(flood, gateway));
}

/** One flood as parts of the load of `gateway`, one at least: its own entries, and those of the tunnel that carries it. */
export function partsOf(flood: Flood, gateway: Scenario['gateway']): FloodComponent[] {
  const { flows, outer } = trackingOf(gateway, FLOOD_TRAITS[flood.kind].holds);
  const parts = [
    ...(flows > 0 || outer === 0 ? [{ life: lifeOf(flood), each: flows }] : []),
    ...(outer > 0 ? [{ life: ENTRY_LIVES.datagram, each: isAwaited(flood) ? outer : outer / 2 }] : []),
  ];
  return parts.map((part) => componentOf(flood, gateway, part));
}

/** Whether clients of a flood wait for an answer, so that packets go both ways. Entries of the others are never [ASSURED]. */
export function isAwaited(flood: Flood): boolean {
  return !(flood.kind === 'half-open' || (flood.kind === 'udp' && !flood.reply));
}

function componentOf(
  flood: Flood,
  gateway: GatewaySpec,
  { life, each }: { readonly life: EntryLife; readonly each: number },
): FloodComponent {
  const flow = flowOf(flood);
  const holds = FLOOD_TRAITS[flood.kind].holds || goesOn(flood);
  const lingerSeconds = timeoutSeconds(life.timeout, gateway.conntrack.timeouts);
  const most = portsFor(flood, gateway);
  const open = openSeconds(flood);
  const part = { name: flood.name, life, lingerSeconds };
  return {
    ...part,
    flow,
    entriesPerConnection: each,
    holds,
    entriesAt: (t, lagSeconds) => each * Math.min(most, flow.opened(t) - flow.ended(t - open - lingerSeconds - lagSeconds)),
    continuedAt: (t) =>
      steadyComponent({
        ...part,
        rate: each * flow.rate(t),
        activeSeconds: holds ? Number.POSITIVE_INFINITY : open,
        held: holds ? each * (flow.opened(t) - flow.ended(t)) : 0,
        heldIn: life.open,
      }),
  };
}

/**
 * Connections of a flood that a gateway which masquerades has source ports for: no two entries towards a destination have the same.
 * Infinity for another gateway.
 */
export function portsFor(flood: Flood, { dataplane, masquerade, ipvs, snatPorts = SNAT_PORTS }: GatewaySpec): number {
  if (!masquerades(dataplane, masquerade) || ipvs?.conntrack === false) return Number.POSITIVE_INFINITY;
  return destinationsOf(flood, SERVICES) * snatPorts;
}

/** The entries that are in the table of a scenario before its load starts. */
export function prefillOf({ gateway: { conntrack } }: Scenario): SteadyComponent {
  const life = LIFE_IN_STATE.ESTABLISHED;
  return steadyComponent({
    name: 'prefill',
    life,
    lingerSeconds: timeoutSeconds(life.timeout, conntrack.timeouts),
    rate: 0,
    activeSeconds: 0,
    held: prefillEntries(conntrack),
    heldIn: life.open,
  });
}

/** How the entries of a flood end. */
export function lifeOf(flood: Flood): EntryLife {
  switch (flood.kind) {
    case 'short':
      return ENTRY_LIVES[flood.close];
    case 'long':
      return ENTRY_LIVES.fin;
    case 'stale':
      return ENTRY_LIVES.forgotten;
    case 'half-open':
      return ENTRY_LIVES.unanswered;
    case 'icmp':
      return ENTRY_LIVES.echo;
    case 'dns':
      return ENTRY_LIVES.datagram;
    case 'udp':
      return goesOn(flood) && flood.reply ? ENTRY_LIVES.stream : ENTRY_LIVES.datagram;
  }
}
