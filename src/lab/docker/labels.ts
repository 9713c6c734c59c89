import { hostname } from 'node:os';
import { isOwnerGone, ownerOn } from '../host/owner.ts';

/** Label of every container and network of a run: the run's id. ctload never changes anything without it. */
export const RUN_LABEL = 'ctload.run';
const OWNER_LABEL = 'ctload.owner';

export type Labels = Readonly<Record<string, string>>;

/** Labels of an object that this process makes for `runId`. */
export function ownLabels(runId: string): Labels {
  return { [RUN_LABEL]: runId, [OWNER_LABEL]: ownerOn(hostname()) };
}

/** Whether the ctload process that made an object is gone. One on another machine is not visible from here and counts as alive. */
export function isOrphan(labels: Labels): boolean {
  return isOwnerGone(labels[OWNER_LABEL], hostname());
}
