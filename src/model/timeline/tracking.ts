import { traitsOf } from '../input/dataplanes.ts';
import type { Tracking } from '../input/tracking.ts';
import type { LabFacts } from './run.ts';

/** What one flow of the load has in the gateway's table; undefined for a gateway that ctload did not build. */
export function recordedTracking({ dataplane, tracking }: Pick<LabFacts, 'dataplane' | 'tracking'>): Tracking | undefined {
  if (tracking !== undefined) return tracking;
  const traits = traitsOf(dataplane);
  return traits === undefined ? undefined : { flows: traits.entriesPerFlow, outer: 0 };
}
