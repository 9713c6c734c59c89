import type { AnyScenario, Driver } from '../model/input/scenario.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { requireTools } from '../platform/tools.ts';
import { requireDataplane } from './dataplane/dataplane.ts';
import type { LabInProgress, LabOptions } from './lab.ts';
import { createNetnsLab, NETNS_TOOLS } from './netns/netns.ts';
import { needsUserNamespace, requireNamespaces } from './netns/rootless.ts';

/** How a lab is built. */
export type ChosenDriver = Exclude<Driver, 'auto'>;

/**
 * The driver that `auto` stands for here: network namespaces where they are available, else Docker. `why` is the reason, one
 * sentence.
 * @throws {CtloadError} exit 112 when neither is possible; the remedy is that for network namespaces.
 */
export async function chooseDriver(driver: Driver): Promise<{ readonly driver: ChosenDriver; readonly why: string }> {
  if (driver !== 'auto') return { driver, why: 'the scenario or --driver asks for it' };
  try {
    requireTools(NETNS_TOOLS);
    await requireNamespaces();
    return { driver: 'netns', why: 'network namespaces are available' };
  } catch (error) {
    const { dockerStatus } = await import('./docker/status.ts');
    const docker = await dockerStatus();
    if (docker.reachable) return { driver: 'docker', why: `no network namespaces (${messageOf(error)}), but ${docker.detail}` };
    if (!(error instanceof CtloadError)) throw error;
    throw new CtloadError(`no driver for the lab: ${error.message}; ${docker.detail}`, {
      exitCode: error.exitCode,
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/**
 * Whether ctload has to run again inside a user namespace to build a lab with `driver`. @throws {CtloadError} as chooseDriver.
 */
export async function needsReentry(driver: AnyScenario['lab']['driver']): Promise<boolean> {
  return driver !== 'external' && needsUserNamespace() && (await chooseDriver(driver)).driver !== 'docker';
}

/**
 * Builds a lab: resolves once its hosts can start processes, while the rest is still being built. Errors are those of
 * `createNetnsLab`, `createDockerLab` and `createVmLab`.
 * @throws {CtloadError} exit 112 when labs of this driver cannot have the dataplane.
 */
export async function createLab(driver: ChosenDriver, options: LabOptions): Promise<LabInProgress> {
  requireDataplane(options.gateway, driver);
  if (driver === 'netns') return createNetnsLab(options);
  if (driver === 'vm') return (await import('./vm/vm.ts')).createVmLab(options);
  const { createDockerLab } = await import('./docker/lab.ts');
  return createDockerLab(options);
}
