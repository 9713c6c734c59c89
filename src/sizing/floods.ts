import { DATAPLANES } from '../model/input/dataplanes.ts';
import { FLOOD_TRAITS } from '../model/input/flood-traits.ts';
import { type Flood, openSeconds, prefillEntries, type Scenario } from '../model/input/scenario.ts';
import { timeoutSeconds } from '../model/input/timeouts.ts';
import { ENTRY_LIVES, type EntryLife, LIFE_IN_STATE } from '../model/node/entry-life.ts';
import { type Flow, flowOf } from './flow.ts';
import { type Component, type SteadyComponent, steadyComponent } from './table-model.ts';

/** One flood of a scenario as a part of its load. */
export interface FloodComponent extends Component {
  /** Its connections, at the clients. */
  readonly flow: Flow;
  /** What it would be from `t` on if that moment lasted for ever. */
  continuedAt(t: number): SteadyComponent;
}

/** The floods of a scenario as parts of the load of its gateway, in their order. */
export function componentsOf({ floods, gateway }: Scenario): FloodComponent[] {
  return floods.map((flood) => componentOf(flood, gateway));
}

/** One flood as a part of the load of `gateway`. */
export function componentOf(flood: Flood, { dataplane, conntrack }: Scenario['gateway']): FloodComponent {
  const each = DATAPLANES[dataplane].entriesPerFlow;
  const life = lifeOf(flood);
  const flow = flowOf(flood);
  const { holds } = FLOOD_TRAITS[flood.kind];
  const lingerSeconds = timeoutSeconds(life.timeout, conntrack.timeouts);
  const open = openSeconds(flood);
  const part = { name: flood.name, life, lingerSeconds };
  return {
    ...part,
    flow,
    entriesAt: (t, lagSeconds) => each * (flow.opened(t) - flow.ended(t - open - lingerSeconds - lagSeconds)),
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
    case 'udp':
      return ENTRY_LIVES.datagram;
  }
}
