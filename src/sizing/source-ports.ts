import { loadSeconds, type Scenario } from '../model/input/scenario.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import { SNAT_PORTS } from '../model/node/snat-ports.ts';
import type { PlanLoad } from '../model/result/plan/plan.ts';
import type { SourcePorts } from '../model/result/plan/source-ports.ts';
import { sum } from '../model/sum.ts';
import { destinationSets } from './destinations.ts';
import { portDemandsOf } from './floods.ts';
import { type Masking, portsEach, setsOf, YIELDING } from './port-shares.ts';
import { type SteadyComponent, steadyByState } from './table-model.ts';
import { timeCourse } from './time-course.ts';

/** The source ports that a load needs of a gateway that masquerades, when it goes to so many destinations evenly. */
export function sourcePortsOf({ byState }: Pick<PlanLoad, 'byState'>, destinations: number): SourcePorts {
  const needed = keepingIn(byState);
  return {
    destinations,
    needed,
    available: destinations * SNAT_PORTS,
    enoughDestinations: Math.max(1, Math.ceil(needed / SNAT_PORTS)),
  };
}

/** Entries that keep their ports. */
function keepingIn(byState: PlanLoad['byState']): number {
  return sum(Object.entries(byState), ([state, entries]) => (YIELDING.includes(state as EntryState) ? 0 : entries));
}

/**
 * The source ports that the floods of a scenario need at their peaks, towards the destinations that have fewest left; undefined where
 * the scenario says neither to how many it connects nor how many ports there are, or nothing is masqueraded.
 * @param components of its floods, by their names
 */
export function scenarioPorts(
  { floods, gateway, lab }: Scenario,
  masking: Masking,
  components: readonly SteadyComponent[],
): SourcePorts | undefined {
  const ports = portsEach(masking);
  if (!Number.isFinite(ports)) return undefined;
  const demands = floods.map((flood) => ({
    flood,
    sets: destinationSets(flood, lab.family),
    needed: keepingIn(steadyByState(components.filter(({ name }) => name === flood.name))),
  }));
  const asked = gateway.snatPorts === undefined ? floods.filter((one) => 'destinations' in one) : floods;
  const names = new Set(demands.filter(({ flood }) => asked.includes(flood)).flatMap(({ sets }) => sets.map(({ name }) => name)));
  const all = [...names].map((name): SourcePorts => {
    const towards = setsOf(name, demands);
    const destinations = Math.min(...towards.map(({ set }) => set.many));
    const each = sum(towards, ({ demand, set }) => (set.share * demand.needed) / set.many);
    const total = sum(towards, ({ demand, set }) => set.share * demand.needed);
    return {
      destinations,
      needed: Math.round(each * destinations),
      available: destinations * ports,
      enoughDestinations: Math.max(1, Math.ceil(total / ports)),
    };
  });
  return all.sort((a, b) => b.needed / b.available - a.needed / a.available)[0];
}

/** When floods need more source ports towards a destination than there are. */
export interface PortsSpent {
  /** Name of the flood that needs most of them. */
  readonly flood: string;
  /** Names of the other floods that share them; absent if there are none. */
  readonly others?: readonly string[];
  /** Source ports for all of its destinations. */
  readonly available: number;
  /** Destinations of the flood. */
  readonly destinations: number;
  /** Seconds from the start of the load to the last of them. */
  readonly afterSeconds: number;
}

/** The first destinations that run out of source ports; null if none do. Entries that are closing give theirs up. */
export function portsSpent(scenario: Scenario): PortsSpent | null {
  const ports = portsEach(scenario.gateway);
  if (!Number.isFinite(ports)) return null;
  const seconds = loadSeconds(scenario.floods);
  const demands = portDemandsOf(scenario);
  const names = [...new Set(demands.flatMap(({ sets }) => sets.map(({ name }) => name)))];
  const spent = names.flatMap((name): PortsSpent[] => {
    const towards = setsOf(name, demands);
    // All of them connect to the first destination, so it runs out before any other.
    const wants = ({ demand, set }: (typeof towards)[number], t: number) => (set.share * demand.keeping(t)) / set.many;
    const { peak, reachedAt } = timeCourse((t) => sum(towards, (one) => wants(one, t)), seconds, ports);
    if (peak <= ports || reachedAt === null) return [];
    const [most, ...others] = towards
      .filter((one) => wants(one, reachedAt) > 0)
      .sort((a, b) => wants(b, reachedAt) - wants(a, reachedAt));
    if (most === undefined) return [];
    return [
      {
        flood: most.demand.flood.name,
        ...(others.length === 0 ? {} : { others: others.map(({ demand }) => demand.flood.name) }),
        available: most.set.many * ports,
        destinations: most.set.many,
        afterSeconds: reachedAt,
      },
    ];
  });
  return spent.sort((a, b) => a.afterSeconds - b.afterSeconds)[0] ?? null;
}
