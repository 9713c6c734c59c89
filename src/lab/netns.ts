import type { Scenario } from '../model/scenario.ts';
import { synSchedule } from '../model/syn.ts';
import { TIMEOUT_NAMES, timeoutSysctl } from '../model/timeouts.ts';
import { Cleanup } from '../platform/cleanup.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { CommandError } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import type { Log } from '../platform/log.ts';
import { requireTools } from '../platform/tools.ts';
import { LISTEN, TARGETS } from './addresses.ts';
import { reserveCapacity, throwIfAborted } from './capacity.ts';
import { installDataplane, muteEnds } from './dataplane.ts';
import type { Lab } from './lab.ts';
import { BUCKETS_SYSCTL, loadConntrack, MAX_SYSCTL } from './limits.ts';
import { namespaceName } from './names.ts';
import { addNamespaces, deleteNamespaces, namespaceHost, namespaceInode } from './namespaces.ts';
import { Registry } from './registry.ts';
import { isRootless } from './rootless.ts';
import { readSysctls } from './sysctls.ts';
import { connect, type Site, tune } from './wiring.ts';

export interface NetnsLabOptions {
  readonly runId: string;
  readonly gateway: Scenario['gateway'];
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Builds the lab from network namespaces of this machine. Needs CAP_NET_ADMIN and CAP_SYS_ADMIN, if only in a user namespace.
 * @throws {CtloadError} exit 112 when something is missing here, 100 when a step fails, 105 when `signal` ended it; whatever
 *   had been made is undone by then.
 */
export async function createNetnsLab(options: NetnsLabOptions): Promise<Lab> {
  requireTools(['ip', 'nft', 'conntrack', 'flock', 'nsenter']);
  const cleanup = new Cleanup();
  try {
    return await build(options, cleanup);
  } catch (error) {
    await cleanup[Symbol.asyncDispose]().catch((left) => options.log.warn(messageOf(left)));
    throwIfAborted(options.signal);
    throw error instanceof CommandError
      ? new CtloadError(`the lab could not be set up: ${error.message}`, { cause: error })
      : error;
  }
}

async function build({ runId, gateway, log, signal }: NetnsLabOptions, cleanup: Cleanup): Promise<Lab> {
  register(runId, cleanup);
  await loadConntrack();
  const reservation = await reserveCapacity({ runId, spec: gateway.conntrack, log, signal });
  cleanup.defer('conntrack limits', () => reservation[Symbol.asyncDispose]());
  const site = await raise(runId, cleanup);
  throwIfAborted(signal);
  await tune(site, timeoutSysctls(gateway.conntrack.timeouts));
  await connect(site);
  await Promise.all([installDataplane(site.gateway, gateway.dataplane), muteEnds(site)]);
  throwIfAborted(signal);
  const capacity = await reservation.fill(site.names.gateway);
  const sysctls = await describeSysctls(site);
  return {
    client: site.client,
    gateway: site.gateway,
    backend: site.backend,
    targets: TARGETS,
    listen: LISTEN,
    capacity,
    gatewayNetns: namespaceInode(site.names.gateway) ?? 0,
    synSchedule: synSchedule({
      retries: Number(sysctls['net.ipv4.tcp_syn_retries']),
      linearTimeouts: Number(sysctls['net.ipv4.tcp_syn_linear_timeouts'] ?? 0),
    }),
    sysctls,
    capacityLost: reservation.lost,
    [Symbol.asyncDispose]: () => tearDown(cleanup),
  };
}

/** A run inside a user namespace needs no entry: its namespaces have no name outside and vanish with it. */
function register(runId: string, cleanup: Cleanup): void {
  if (isRootless()) return;
  const registry = new Registry();
  registry.add(runId);
  cleanup.defer('registry entry', () => registry.remove(runId));
}

async function raise(runId: string, cleanup: Cleanup): Promise<Site> {
  const names = {
    client: namespaceName(runId, 'client'),
    gateway: namespaceName(runId, 'gateway'),
    backend: namespaceName(runId, 'backend'),
  };
  cleanup.defer('network namespaces', () => deleteNamespaces(Object.values(names)));
  await addNamespaces(Object.values(names));
  return {
    names,
    client: namespaceHost(names.client, 'client'),
    gateway: namespaceHost(names.gateway, 'gateway'),
    backend: namespaceHost(names.backend, 'backend'),
  };
}

function timeoutSysctls(timeouts: Readonly<Record<string, number>>): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, seconds] of Object.entries(timeouts)) {
    const sysctl = timeoutSysctl(name);
    if (sysctl !== undefined) values[sysctl] = Math.round(seconds);
  }
  return values;
}

async function describeSysctls(site: Site): Promise<Record<string, string>> {
  const timeouts = TIMEOUT_NAMES.flatMap((name) => timeoutSysctl(name) ?? []);
  const [client, gateway] = await Promise.all([
    readSysctls(site.client, ['net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syn_retries', 'net.ipv4.tcp_syn_linear_timeouts']),
    readSysctls(site.gateway, [MAX_SYSCTL, BUCKETS_SYSCTL, 'net.netfilter.nf_conntrack_tcp_loose', ...timeouts]),
  ]);
  return { ...gateway, ...client };
}

async function tearDown(cleanup: Cleanup): Promise<void> {
  try {
    await cleanup[Symbol.asyncDispose]();
  } catch (cause) {
    throw new CtloadError(`teardown incomplete: ${messageOf(cause)}`, {
      hint: 'repair with: ctload clean',
      exitCode: ExitCode.teardown,
      cause,
    });
  }
}
