import { CtloadError } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { STATE_FOLDER } from '../host/names.ts';
import { readSysctl, sysctlPath } from '../host/sysctls.ts';
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

const BOOT_ID = 'kernel.random.boot_id'; // of the kernel, not of a namespace

/**
 * Limits, CPU, kernel log and clock are read from this machine's kernel, so the engine's containers must run on it.
 * @throws {CtloadError} exit 112 when they run on another (a remote engine, Docker Desktop).
 */
export async function requireSameKernel(engine: Engine, machine: Host): Promise<void> {
  const theirs = await execute(['cat', sysctlPath(BOOT_ID)], { host: machine });
  if (theirs.trim() === readSysctl(BOOT_ID)) return;
  throw new CtloadError(`the Docker engine at ${engine.url} is on a different kernel than ctload`, {
    hint: "run ctload on the engine's host; with Docker Desktop use a Linux VM",
    exitCode: ExitCode.hostUnfit,
  });
}
