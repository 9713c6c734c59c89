import type { Scenario } from '../model/input/scenario.ts';
import { sum } from '../model/sum.ts';
import { partsOf } from './floods.ts';
import { expectedEntries } from './predict.ts';

/**
 * Highest rate of one flood by the rule of thumb: (max − entries of everything else) ÷ seconds for which an entry stays. Undefined
 * for a flood without a constant rate, and where it makes no entries.
 */
export function textbookRate(
  scenario: Scenario,
  floodName: string,
): { readonly rate: number; readonly lifetimeSeconds: number } | undefined {
  const flood = scenario.floods.find(({ name }) => name === floodName);
  if (flood?.shape.executor !== 'constant-arrival-rate') return undefined;
  const others = { ...scenario, floods: scenario.floods.filter((one) => one !== flood) };
  const rest = expectedEntries(others)(flood.startTimeSeconds + flood.shape.durationSeconds);
  const parts = partsOf(flood, scenario);
  const each = sum(parts, (part) => part.entriesPerConnection);
  if (each === 0) return undefined;
  const entrySeconds = sum(parts, (part) => part.entriesPerConnection * part.lingerSeconds);
  return { rate: Math.max(0, scenario.gateway.conntrack.max - rest) / entrySeconds, lifetimeSeconds: entrySeconds / each };
}
