import type { EntryState } from '../model/node/entry-life.ts';
import { SNAT_PORTS } from '../model/node/snat-ports.ts';
import type { PlanLoad } from '../model/result/plan/plan.ts';
import type { SourcePorts } from '../model/result/plan/source-ports.ts';

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
