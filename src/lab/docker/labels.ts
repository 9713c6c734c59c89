import { hostname } from 'node:os';
import { startTime } from '../host/processes.ts';

/** On every container and network of a run: its id. Nothing without it is ever touched. */
export const RUN_LABEL = 'ctload.run';
const OWNER_LABEL = 'ctload.owner';

export type Labels = Readonly<Record<string, string>>;

/** Labels of an object that this process makes for `runId`. */
export function ownLabels(runId: string): Labels {
  return { [RUN_LABEL]: runId, [OWNER_LABEL]: `${process.pid}.${startTime(process.pid) ?? 0}@${hostname()}` };
}

/** Whether the ctload that made an object is gone. One on another machine cannot be seen from here: it counts as alive. */
export function isOrphan(labels: Labels): boolean {
  const [, pid, started, host] = /^(\d+)\.(\d+)@(.*)$/.exec(labels[OWNER_LABEL] ?? '') ?? [];
  if (pid === undefined || host !== hostname()) return false;
  return startTime(Number(pid)) !== Number(started);
}
