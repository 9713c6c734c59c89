import type { AnyScenario } from '../model/input/scenario.ts';
import type { Log } from '../platform/log.ts';
import { chooseDriver } from './create.ts';
import type { Reentry } from './docker/elsewhere/on-engine.ts';
import { isOnEngine, onOwnerGone } from './docker/elsewhere/owner.ts';
import { isRootless, needsUserNamespace, onParentGone, reenter } from './netns/rootless.ts';

export type { Outputs, Reentry } from './docker/elsewhere/on-engine.ts';

/**
 * Where ctload has to run again to build `lab`: inside a user namespace, as it is not root here, or on the machine of
 * a Docker engine that has another kernel. Undefined where it can stay.
 * @throws {CtloadError} as chooseDriver, engineReentry and guestImage.
 */
export async function reentryFor(lab: AnyScenario['lab'], log: Log): Promise<Reentry | undefined> {
  if (lab.driver === 'external' || lab.driver === 'kubernetes' || isRootless() || isOnEngine()) return undefined;
  const chosen = (await chooseDriver(lab.driver)).driver;
  if (chosen !== 'docker') {
    if (!needsUserNamespace()) return undefined;
    if (chosen === 'vm' && lab.vm !== undefined) {
      await (await import('./vm/image.ts')).guestImage(lab.vm, log); // there is no network in there to fetch it by
    }
    return reenter;
  }
  const { engineReentry } = await import('./docker/elsewhere/on-engine.ts');
  return engineReentry(log);
}

/** Calls `callback` when the ctload that started this one by a Reentry has ended, even if killed. Does nothing in any other. */
export function onOutsideGone(callback: () => void): void {
  onParentGone(callback);
  onOwnerGone(callback);
}
