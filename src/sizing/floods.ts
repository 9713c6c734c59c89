import { familiesIn } from '../model/input/address-family.ts';
import { FLOOD_TRAITS } from '../model/input/flood-traits.ts';
import { LOOKUP_FLOWS } from '../model/input/lab.ts';
import { type Flood, openSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import { trackingOf } from '../model/input/tracking.ts';
import { ENTRY_LIVES, type EntryLife, LIFE_IN_STATE } from '../model/node/entry-life.ts';
import { type Flow, flowOf, goesOn } from './flow.ts';
import { granted, type PortDemand, portDemand, portsEach } from './port-shares.ts';
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
export function componentsOf(scenario: Scenario): FloodComponent[] {
  return scenario.floods.flatMap((flood) => partsOf(flood, scenario));
}

/**
 * One flood as parts of the load of its scenario's gateway, one at least: its own entries, and those of the tunnel that carries it. It
 * shares the gateway's source ports with the other floods.
 */
export function partsOf(flood: Flood, scenario: Scenario): FloodComponent[] {
  const { flows, outer } = trackingOf(scenario.gateway, FLOOD_TRAITS[flood.kind].holds);
  const parts = [
    ...(flows > 0 || outer === 0 ? [{ life: lifeOf(flood), each: flows }] : []),
    ...(outer > 0 ? [{ life: ENTRY_LIVES.datagram, each: isAwaited(flood) ? outer : outer / 2 }] : []),
  ];
  return parts.map((part) => componentOf(flood, scenario, part));
}

/** What each flood of a scenario wants of the gateway's source ports. */
export function portDemandsOf(scenario: Scenario): PortDemand[] {
  return scenario.floods.map((flood) => demandOf(flood, scenario));
}

function demandOf(flood: Flood, scenario: Scenario): PortDemand {
  return portDemand(flood, { flow: flowOf(flood), life: lifeOf(flood), holds: holdsOpen(flood) }, scenario);
}

/** Whether the connections of a flood stay open until the flood closes them. */
function holdsOpen(flood: Flood): boolean {
  return FLOOD_TRAITS[flood.kind].holds || goesOn(flood);
}

/** Whether clients of a flood wait for an answer, so that packets go both ways. Entries of the others are never [ASSURED]. */
export function isAwaited(flood: Flood): boolean {
  return !(flood.kind === 'half-open' || (flood.kind === 'udp' && !flood.reply));
}

function componentOf(
  flood: Flood,
  scenario: Scenario,
  { life, each }: { readonly life: EntryLife; readonly each: number },
): FloodComponent {
  const flow = flowOf(flood);
  const holds = holdsOpen(flood);
  const lingerSeconds = timeoutSeconds(life.timeout, scenario.gateway.conntrack.timeouts);
  const connections = connectionsOf(flood, scenario, lingerSeconds);
  const most = flowsThere(flood, scenario);
  const open = openSeconds(flood);
  const part = { name: flood.name, life, lingerSeconds };
  return {
    ...part,
    flow,
    entriesPerConnection: each,
    holds,
    entriesAt: (t, lagSeconds) => each * (Math.min(most, connections(t, lagSeconds)) + secondEntries(flood, flow, t, lagSeconds)),
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

/** Flows that a flood has at most: lookups bind ports of their own, and go on in the flows of earlier ones once all are taken. */
function flowsThere({ kind, family }: Flood, { floods, lab }: Scenario): number {
  if (kind !== 'dns') return Number.POSITIVE_INFINITY;
  const families = family === undefined ? familiesIn(lab.family).length : 1;
  return (families * LOOKUP_FLOWS) / floods.filter((one) => one.kind === kind).length;
}

/** Share of the lookups whose queries clash, at most all, that has a second entry: those whose queries get different endpoints of two. */
const APART = 0.5;
/** Seconds that such an entry lives (nf_ct_resolve_clash_harder in nf_conntrack_core.c); no sysctl. */
const APART_SECONDS = 1;

/**
 * Second entries of lookups whose two queries clash, with expired entries counted for longer: then of all lookups, as nobody knows
 * before how many will clash (from 4 % to 74 % were measured); without that none, as these entries expire at once.
 */
function secondEntries({ kind }: Flood, { opened }: Flow, t: number, lagSeconds: number): number {
  return kind !== 'dns' || lagSeconds === 0 ? 0 : APART * (opened(t) - opened(t - APART_SECONDS - lagSeconds));
}

/** The connections of a flood that have an entry of such a timeout. */
function connectionsOf(flood: Flood, scenario: Scenario, lingerSeconds: number): PortDemand['all'] {
  const flow = flowOf(flood);
  const open = openSeconds(flood);
  const ports = portsEach(scenario.gateway);
  if (!Number.isFinite(ports)) return (t, lagSeconds) => flow.opened(t) - flow.ended(t - open - lingerSeconds - lagSeconds);
  const own = demandOf(flood, scenario);
  const others = portDemandsOf(scenario).filter((demand) => demand.flood !== flood);
  return granted(own, [own, ...others], ports);
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
