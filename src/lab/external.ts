import { statSync } from 'node:fs';
import { type ExternalSpec, type Place, placeText, tablePlaces } from '../model/input/external.ts';
import type { DatagramTargets, PortRange, Targets } from '../model/input/lab.ts';
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
import type { ExternalLab, LabGateway } from './lab.ts';
import { watchLimits } from './lease/watch.ts';
import { isRootless, needsUserNamespace } from './netns/rootless.ts';

/**
 * Inspects a gateway that ctload did not build, and changes nothing on it. Disposing of the lab only stops watching its limits.
 * @throws {CtloadError} exit 112 when a namespace of the scenario cannot be entered or its table cannot be read.
 */
export async function reachExternal(spec: ExternalSpec): Promise<ExternalLab> {
  const client = await hostAt(spec.client, 'client', 'lab.client');
  const gateways: LabGateway[] = [];
  for (const place of tablePlaces(spec)) gateways.push(await gatewayAt(place, { client, clientNetns: inodeOf(spec.client) }));
  refuseTwice(gateways);
  const [first] = gateways;
  const { sysctls, synSchedule } = await describeKernel({ client, gateway: first?.host });
  const shared = first !== undefined && sameLimits(limitsOf(first.capacity), readLimits());
  const watch = shared ? watchLimits(limitsOf(first.capacity)) : undefined;
  const [ofClient, own] = [spec.client, 'host' as const].map(inodeOf);
  const watched = new Set(gateways.map(({ netns }) => netns));
  return {
    driver: 'external',
    rootless: isRootless(),
    client,
    ...(first === undefined ? {} : { gateway: first.host }),
    ...(gateways.length > 1 ? { gateways } : {}),
    targets: targetsFrom(spec, sysctls[PORTS_SYSCTL]),
    capacity: first?.capacity ?? UNKNOWN,
    separateNetns: { client: !watched.has(ofClient ?? 0), host: !watched.has(own ?? 0) && own !== ofClient },
    listable: first !== undefined && !needsUserNamespace() && findTool('conntrack') !== undefined,
    gatewayNetns: first?.netns ?? 0,
    sysctls,
    synSchedule,
    capacityLost: watch?.changed ?? new Promise(() => {}),
    [Symbol.asyncDispose]: async () => watch?.[Symbol.dispose](),
  };
}

async function gatewayAt(
  place: Place,
  { client, clientNetns }: { readonly client: Host; readonly clientNetns: number },
): Promise<LabGateway> {
  const name = placeText(place);
  const host = await hostAt(place, 'gateway', 'lab.conntrack');
  const { sysctls } = await describeKernel({ client, gateway: host });
  const { max, buckets } = limitsIn(sysctls, `lab.conntrack: ${name}`);
  const why = `as found in ${name}, including other entries there`;
  const netns = inodeOf(place);
  return {
    name,
    host,
    capacity: { method: 'in-force', why, max, buckets, ballast: 0, effectiveMax: max, prefilled: 0 },
    netns,
    sysctls: conntrackSettings(sysctls),
    isClient: netns === clientNetns,
  };
}

/** @throws {CtloadError} exit 104 when two names are of one namespace: its drops would count twice. */
function refuseTwice(gateways: readonly LabGateway[]): void {
  for (const [index, { name, netns }] of gateways.entries()) {
    const before = gateways.slice(0, index).find((other) => other.netns === netns);
    if (before === undefined) continue;
    throw new CtloadError(`lab.conntrack: ${before.name} and ${name} are the same network namespace`, {
      hint: 'list every table once',
      exitCode: ExitCode.invalidScenario,
    });
  }
}

const NO_PORTS: PortRange = { first: 1, last: 0 };
const NO_DATAGRAMS: DatagramTargets = { addresses: [], ports: NO_PORTS };

/** The addresses of the scenario, for a client whose net.ipv4.ip_local_port_range reads `ports`. */
export function targetsFrom({ target }: ExternalSpec, ports: string | undefined): Targets {
  return {
    http: target,
    stale: [],
    halfOpen: [],
    udp: { answered: NO_DATAGRAMS, unanswered: NO_DATAGRAMS },
    ephemeralPorts: portRange(ports),
    stalePorts: NO_PORTS,
  };
}

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

/** Inode of the namespace, as the kernel log names it. */
function inodeOf(place: Place): number {
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

const UNKNOWN: Capacity = {
  method: 'unknown',
  why: 'the scenario does not say where its table is (lab.conntrack: none)',
  max: 0,
  buckets: 0,
  ballast: 0,
  effectiveMax: 0,
  prefilled: 0,
};

function limitsOf({ max, buckets }: Capacity): Limits {
  return { max, buckets };
}

function conntrackSettings(sysctls: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sysctls).filter(([name]) => name.startsWith('net.netfilter.nf_conntrack_')));
}

/** `32768 60999`, also with a tab between. */
export function portRange(text = ''): PortRange {
  const [first = 1, last = 65_535] = text.split(/\s+/).map(Number);
  return { first, last };
}
