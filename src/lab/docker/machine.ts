import { hostname, release } from 'node:os';
import { CtloadError } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { STATE_FOLDER } from '../host/names.ts';
import { BOOT_ID, readSysctl, sysctlPath } from '../host/sysctls.ts';
import type { ContainerSpec } from './containers.ts';
import type { Engine } from './engine.ts';

type HostConfig = ContainerSpec['hostConfig'];

/** A container in the engine's own network namespace, to read its table and keep the lab's packets out of it. */
export const MACHINE_NETWORK: HostConfig = { NetworkMode: 'host', UsernsMode: 'host', CapAdd: ['NET_ADMIN'] };

/**
 * What a container needs to write nf_conntrack_max: a writable /proc/sys, which requires unmasked system paths and, where a
 * security module guards them, CAP_SYS_ADMIN; and the machine's lock and journal. It sees the machine's processes: an engine that
 * is killed leaves the container running and its stdin open, so its guardian has to see itself that ctload is gone.
 */
export const LIMITS_ACCESS: HostConfig = {
  NetworkMode: 'host',
  UsernsMode: 'host',
  PidMode: 'host',
  CapAdd: ['NET_ADMIN', 'SYS_ADMIN'],
  SecurityOpt: ['apparmor=unconfined', 'label=disable'],
  MaskedPaths: [],
  ReadonlyPaths: [],
  Binds: [`${STATE_FOLDER}:${STATE_FOLDER}`],
};

/** Why the limits cannot be changed through `engine`; undefined when they can. */
export function limitsObstacle(engine: Engine): string | undefined {
  return engine.rootless ? 'a rootless engine cannot change the limits of its machine' : undefined;
}

/** Whether what the engine says of its machine leaves open that it is another than this; a container here has another name, too. */
export function seemsElsewhere({ machine }: Engine): boolean {
  return machine.kernel !== release() || machine.name !== hostname();
}

/** Whether a host of the engine is on the kernel that ctload runs on. */
export async function isThisKernel(host: Host): Promise<boolean> {
  return (await execute(['cat', sysctlPath(BOOT_ID)], { host })).trim() === readSysctl(BOOT_ID);
}

/**
 * Limits, CPU, kernel log and clock are read from this machine's kernel, so the engine's containers must run on it.
 * @throws {CtloadError} exit 112 when they run on another, which says that it is this one.
 */
export async function requireThisKernel(engine: Engine, machine: Host): Promise<void> {
  if (await isThisKernel(machine)) return;
  throw new CtloadError(`the Docker engine at ${engine.url} has another kernel than ctload, of the same name and version`, {
    hint: "give the machines different names, or run ctload on the engine's",
    exitCode: ExitCode.hostUnfit,
  });
}
