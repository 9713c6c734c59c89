import type { LabFamily } from '../model/input/address-family.ts';
import type { LabDriver } from '../model/input/dataplanes.ts';
import { RAW_SOCKET_TOOL } from '../model/input/flood-traits.ts';
import type { Driver } from '../model/input/scenario.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { requireTools } from '../platform/tools.ts';
import { requireActions } from './actions.ts';
import { requireDataplane } from './dataplane/dataplane.ts';
import { readSysctl } from './host/sysctls.ts';
import type { LabInProgress, LabOptions } from './lab.ts';
import { createNetnsLab, NETNS_TOOLS } from './netns/netns.ts';
import { requireNamespaces } from './netns/rootless.ts';

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

/** Docker's networks drop packets with addresses of another network. */
function requireSources(sources = false, driver: LabDriver): void {
  if (driver !== 'docker' || !sources) return;
  throw new CtloadError('floods with sources: not available with the docker driver, whose networks pass no other addresses', {
    hint: 'use --driver netns or vm, or leave sources out',
    exitCode: ExitCode.hostUnfit,
  });
}

/** @throws {CtloadError} exit 112 when this kernel cannot have addresses of the family. */
function requireFamily(family: LabFamily = 'ipv4'): void {
  if (family === 'ipv4') return;
  if (readSysctl('net.ipv6.conf.all.disable_ipv6') !== undefined) return;
  throw new CtloadError(`lab.family ${family}: this kernel has no IPv6`, {
    hint: 'boot it without ipv6.disable=1, or use --set lab.family=ipv4',
    exitCode: ExitCode.hostUnfit,
  });
}

/** Node cannot open a raw socket: agents inherit theirs from a program that containers and guests do not have. */
function requireEchoes({ echoes = false, vm }: Pick<LabOptions, 'echoes' | 'vm'>, driver: LabDriver): void {
  if (!echoes) return;
  if (driver === 'docker' || (driver === 'vm' && vm?.scope === 'lab')) {
    const where = driver === 'docker' ? 'the docker driver' : 'lab.vm.scope: lab';
    throw new CtloadError(
      `floods of kind icmp: not available with ${where} yet, whose client has no ${RAW_SOCKET_TOOL} to open raw sockets`,
      {
        hint: 'use --driver netns, or --driver vm with lab.vm.scope: gateway',
        exitCode: ExitCode.hostUnfit,
      },
    );
  }
  requireTools([RAW_SOCKET_TOOL]);
}

/** @throws {CtloadError} exit 112 when labs of this driver cannot have the dataplane, an action, addresses of floods' own or of the family here. */
export function requireLab(
  driver: ChosenDriver,
  options: Pick<LabOptions, 'family' | 'vm' | 'gateway' | 'actions' | 'sources' | 'echoes'>,
): void {
  requireFamily(options.family);
  requireDataplane(options.gateway, driver);
  requireActions(options.actions, driver);
  requireSources(options.sources, driver);
  requireEchoes(options, driver);
}

/**
 * Builds a lab: resolves once its hosts can start processes, while the rest is still being built. Errors are those of
 * `createNetnsLab`, `createDockerLab` and `createVmLab`.
 * @throws {CtloadError} as requireLab.
 */
export async function createLab(driver: ChosenDriver, options: LabOptions): Promise<LabInProgress> {
  requireLab(driver, options);
  if (driver === 'netns') return createNetnsLab(options);
  if (driver === 'vm') return (await import('./vm/vm.ts')).createVmLab(options);
  const { createDockerLab } = await import('./docker/lab.ts');
  return createDockerLab(options);
}
