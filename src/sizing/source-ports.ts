import { SERVICES } from '../model/input/lab.ts';
import { destinationsOf, loadSeconds, type Scenario } from '../model/input/scenario.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import { SNAT_PORTS } from '../model/node/snat-ports.ts';
import type { PlanLoad } from '../model/result/plan/plan.ts';
import type { SourcePorts } from '../model/result/plan/source-ports.ts';
import { partsOf, portsFor } from './floods.ts';
import { timeCourse } from './time-course.ts';

/** An entry that is closing gives up its port when another connection wants it (nf_nat_used_tuple_harder, kernels since 2023). */
const YIELDING: readonly EntryState[] = ['TIME_WAIT', 'CLOSE'];

/** The source ports that a load needs of a gateway that masquerades, when it goes to so many destinations evenly. */
export function sourcePortsOf({ byState }: Pick<PlanLoad, 'byState'>, destinations: number): SourcePorts {
  const keeping = Object.entries(byState).filter(([state]) => !YIELDING.includes(state as EntryState));
  const needed = keeping.reduce((sum, [, entries]) => sum + entries, 0);
  return {
    destinations,
    needed,
    available: destinations * SNAT_PORTS,
    enoughDestinations: Math.max(1, Math.ceil(needed / SNAT_PORTS)),
  };
}

/** When a flood needs more source ports than there are. */
export interface PortsSpent {
  /** Name of the flood. */
  readonly flood: string;
  /** Source ports for all of its destinations. */
  readonly available: number;
  /** Destinations of the flood. */
  readonly destinations: number;
  /** Seconds from the start of the load to the last of them. */
  readonly afterSeconds: number;
}

/** The first flood to run out of source ports; null if none does. Entries that are closing give theirs up. */
export function portsSpent(scenario: Scenario): PortsSpent | null {
  const seconds = loadSeconds(scenario.floods);
  const spent = scenario.floods.flatMap((flood): PortsSpent[] => {
    const available = portsFor(flood, scenario.gateway);
    const [own] = partsOf(flood, scenario.gateway);
    if (own === undefined || !Number.isFinite(available)) return [];
    const { flow, holds, life, lingerSeconds } = own;
    const keeps = holds || YIELDING.includes(life.ends) ? 0 : lingerSeconds;
    const { peak, reachedAt } = timeCourse((t) => flow.opened(t) - flow.ended(t - keeps), seconds, available);
    if (peak <= available || reachedAt === null) return [];
    return [{ flood: flood.name, available, destinations: destinationsOf(flood, SERVICES), afterSeconds: reachedAt }];
  });
  return spent.sort((a, b) => a.afterSeconds - b.afterSeconds)[0] ?? null;
}
