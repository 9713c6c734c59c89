import { percent } from '../model/format.ts';
import type { EntryState } from '../model/node/entry-life.ts';
import { type SteadyComponent, steadyEntries } from './table-model.ts';

/** Below this share of dropped SYNs the evictions are what is noticed first. */
const FEW = 0.05;

/** What goes wrong first when the table is full, one sentence without a full stop; `dropShare` is that of dropped SYNs. */
export function breaksFirst(components: readonly SteadyComponent[], dropShare: number): string {
  const [largest] = [...components].sort((a, b) => steadyEntries([b]) - steadyEntries([a]));
  if (largest === undefined) return 'nothing: there is no load';
  if (steadyEntries(components) === 0) return 'nothing: the load has no entries';
  const most = `most of the table is ${mostlyIn(largest)} entries of ${largest.name}`;
  if (components.some(({ life }) => life.evictable) && dropShare < FEW) {
    return `entries that are not [ASSURED] (answered queries, unanswered SYNs) are evicted for new connections (early_drop) before any SYN is dropped; ${most}`;
  }
  return `new connections: ${percent(dropShare)} of their SYNs are dropped, while established connections continue; ${most}`;
}

function mostlyIn({ held, heldIn, rate, activeSeconds, lingerSeconds, life }: SteadyComponent): EntryState {
  if (held > rate * (activeSeconds + lingerSeconds)) return heldIn;
  return activeSeconds > lingerSeconds ? life.open : life.ends;
}
