import { hostname } from 'node:os';
import { isOwnerGone, ownerOn } from '../host/owner.ts';
import { BOOT_ID, readSysctl } from '../host/sysctls.ts';

/** Label of every object of a run: the run's id. ctload never deletes anything without it. */
export const RUN_LABEL = 'ctload.run';
const OWNER = 'ctload.owner';
const EXPIRES = 'ctload.expires';

type Texts = Readonly<Record<string, string>>;

export function runLabels(runId: string): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'ctload', [RUN_LABEL]: runId };
}

/** Annotations of a namespace that this process makes for `seconds` at most. */
export function ownAnnotations(seconds: number): Record<string, string> {
  return {
    [OWNER]: ownerOn(thisMachine()),
    [EXPIRES]: new Date(Date.now() + seconds * 1000).toISOString(),
  };
}

/** Whether they say whose something is: pods in a namespace of a run's own have none, as they go with that. */
export function isOwned(annotations: Texts): boolean {
  return annotations[OWNER] !== undefined;
}

/** Whether the ctload process that made a namespace is gone; one on another machine is once its time is over. */
export function isOrphan(annotations: Texts): boolean {
  if (Date.parse(annotations[EXPIRES] ?? '') < Date.now()) return true;
  return isOwnerGone(annotations[OWNER], thisMachine());
}

/** Machines that share a cluster may share a name, too. */
function thisMachine(): string {
  return `${hostname()}/${readSysctl(BOOT_ID)}`;
}
