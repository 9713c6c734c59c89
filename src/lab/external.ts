import { statSync } from 'node:fs';
import { type ExternalSpec, type Place, placeText } from '../model/input/external.ts';
import type { DatagramTargets, PortRange } from '../model/input/lab.ts';
import type { Capacity } from '../model/timeline/capacity.ts';
import { CtloadError, messageOf } from '../platform/errors.ts';
import { execute, type Host, localHost } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { findTool, requireTools } from '../platform/tools.ts';
import { BUCKETS_SYSCTL, type Limits, MAX_SYSCTL, readLimits, sameLimits } from './host/limits.ts';
import { namespacePath } from './host/names.ts';
import { namespaceHost } from './host/namespaces.ts';
import { describeKernel } from './host/node-settings.ts';
import { PORTS_SYSCTL } from './host/sysctls.ts';
import type { ExternalLab } from './lab.ts';
import { watchLimits } from './lease/watch.ts';
import { isRootless, needsUserNamespace } from './netns/rootless.ts';

/**
 * Inspects a gateway that ctload did not build, and changes nothing on it. Disposing of the lab only stops watching its limits.
 * @throws {CtloadError} exit 112 when a namespace of the scenario cannot be entered or its table cannot be read.
 */
export async function reachExternal({ target, client, conntrack }: ExternalSpec): Promise<ExternalLab> {
  const clientHost = await hostAt(client, 'client', 'lab.client');
  const gateway = conntrack === 'none' ? undefined : await hostAt(conntrack, 'gateway', 'lab.conntrack');
  const { sysctls, synSchedule } = await describeKernel({ client: clientHost, gateway });
  const limits = gateway === undefined ? undefined : limitsIn(sysctls, `lab.conntrack: ${textOf(conntrack)}`);
  const watch = limits !== undefined && sameLimits(limits, readLimits()) ? watchLimits(limits) : undefined;
  const [ofClient, ofGateway, own] = [client, conntrack, 'host' as const].map(inodeOf);
  return {
    driver: 'external',
    rootless: isRootless(),
    client: clientHost,
    ...(gateway === undefined ? {} : { gateway }),
    targets: {
      http: target,
      stale: [],
      halfOpen: [],
      udp: { answered: NO_DATAGRAMS, unanswered: NO_DATAGRAMS },
      ephemeralPorts: portRange(sysctls[PORTS_SYSCTL]),
      stalePorts: NO_PORTS,
    },
    capacity: capacityOf(limits, conntrack),
    separateNetns: { client: ofClient !== ofGateway, host: own !== ofGateway && own !== ofClient },
    listable: gateway !== undefined && !needsUserNamespace() && findTool('conntrack') !== undefined,
    gatewayNetns: ofGateway ?? 0,
    sysctls,
    synSchedule,
    capacityLost: watch?.changed ?? new Promise(() => {}),
    [Symbol.asyncDispose]: async () => watch?.[Symbol.dispose](),
  };
}

const NO_PORTS: PortRange = { first: 1, last: 0 };
const NO_DATAGRAMS: DatagramTargets = { addresses: [], ports: NO_PORTS };

/** The host at `place`, checked by starting a process there. */
async function hostAt(place: Place, role: string, key: string): Promise<Host> {
  if (place === 'host') return localHost(role);
  requireTools(['nsenter']);
  const host = 'netns' in place ? namespaceHost(place.netns, role) : processHost(place.pid, role);
  try {
    await execute(['true'], { host });
  } catch (cause) {
    throw new CtloadError(`${key}: cannot enter the network namespace ${placeText(place)}: ${messageOf(cause)}`, {
      hint: '`ip netns list` shows named namespaces, `lsns -t net` processes in unnamed ones; entering one requires root',
      exitCode: ExitCode.hostUnfit,
      cause,
    });
  }
  return host;
}

function processHost(pid: number, role: string): Host {
  return localHost(role, ['nsenter', `--net=${processPath(pid)}`, '--']);
}

function processPath(pid: number | 'self'): string {
  return `/proc/${pid}/ns/net`;
}

/** Inode of the namespace, as the kernel log names it; undefined for none. */
function inodeOf(place: Place | 'none'): number | undefined {
  if (place === 'none') return undefined;
  if (place === 'host') return statSync(processPath('self')).ino;
  return statSync('netns' in place ? namespacePath(place.netns) : processPath(place.pid)).ino;
}

/** @throws {CtloadError} exit 112 when there is no conntrack in that namespace, or its table has no limit. */
function limitsIn(sysctls: Readonly<Record<string, string>>, where: string): Limits {
  const limits = { max: Number(sysctls[MAX_SYSCTL]), buckets: Number(sysctls[BUCKETS_SYSCTL]) };
  if (limits.max > 0 && limits.buckets > 0) return limits;
  throw new CtloadError(
    `${where}: ${limits.max === 0 ? 'nf_conntrack_max is 0: the table has no limit' : 'there is no nf_conntrack'}`,
    {
      hint: 'name the namespace that tracks the connections, or set lab.conntrack: none to use client-side results only',
      exitCode: ExitCode.hostUnfit,
    },
  );
}

/** The capacity in force; unknown figures are 0. */
function capacityOf(limits: Limits | undefined, conntrack: ExternalSpec['conntrack']): Capacity {
  const { max, buckets } = limits ?? { max: 0, buckets: 0 };
  const method = limits === undefined ? 'unknown' : 'in-force';
  const why =
    limits === undefined
      ? 'the scenario does not say where its table is (lab.conntrack: none)'
      : `as found in ${textOf(conntrack)}, including other entries there`;
  return { method, why, max, buckets, ballast: 0, effectiveMax: max, prefilled: 0 };
}

function textOf(conntrack: ExternalSpec['conntrack']): string {
  return conntrack === 'none' ? conntrack : placeText(conntrack);
}

/** `32768 60999` */
function portRange(text = ''): PortRange {
  const [first = 1, last = 65_535] = text.split(' ').map(Number);
  return { first, last };
}
