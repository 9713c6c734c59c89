import { readFileSync } from 'node:fs';
import { availableParallelism, platform, release, totalmem } from 'node:os';
import { bytes, count } from '../model/format.ts';
import { DATAPLANE_NAMES, type Dataplane } from '../model/input/dataplanes.ts';
import { standard } from '../model/input/tracking.ts';
import { descriptorLimit } from '../platform/descriptors.ts';
import { messageOf } from '../platform/errors.ts';
import { execute, here, hostWithin } from '../platform/exec.ts';
import { requireTools } from '../platform/tools.ts';
import { PRIVATE_PLAN } from './addresses.ts';
import { leaseObstacle } from './capacity/capacity.ts';
import { listOtherNamespaces } from './capacity/other-namespaces.ts';
import { DATAPLANE_SETUPS } from './dataplane/dataplanes.ts';
import { PROGRAM_SETUPS, requireProgram, versionOfProgram } from './dataplane/programs/programs.ts';
import { ruleCommand } from './dataplane/setup.ts';
import { describeLimits, loadConntrack, readLimits } from './host/limits.ts';
import { lockIsFree } from './lease/lock.ts';
import { describeLockOwners } from './lease/lock-owners.ts';
import { needsUserNamespace, requireNamespaces, UNSHARE } from './netns/rootless.ts';
import { deadRuns } from './sweep.ts';

/** The result of one check: a line of `ctload doctor`. */
export interface Check {
  /** What was checked, e.g. `method sysctl`. */
  readonly name: string;
  /** Whether the check passed. */
  readonly ok: boolean;
  /** What was found, or why the check did not pass. */
  readonly detail: string;
  /** How to fix it; present only when `ok` is false. */
  readonly remedy?: string;
}

/** Tools that every run needs, with the flag that prints their version. */
const TOOLS: Readonly<Record<string, string>> = {
  ip: '-V',
  nft: '--version',
  conntrack: '--version',
  flock: '--version',
  nsenter: '--version',
  unshare: '--version',
};

export function checkKernel(): Check {
  const ok = platform() === 'linux';
  return { name: 'kernel', ok, detail: `${platform()} ${release()}`, ...(ok ? {} : { remedy: 'run ctload in a Linux VM' }) };
}

export async function checkConntrack(): Promise<Check> {
  await loadConntrack();
  return attempt('nf_conntrack', () => describeLimits(readLimits()));
}

export async function checkPrivilege(): Promise<Check> {
  return attempt('privilege', async () => {
    await requireNamespaces();
    return needsUserNamespace() ? 'not root here; user namespaces are available' : 'root (CAP_NET_ADMIN, CAP_SYS_ADMIN)';
  });
}

export function checkTools(): Promise<Check[]> {
  return Promise.all(
    Object.entries(TOOLS).map(([tool, flag]) =>
      attempt(tool, async () => {
        requireTools([tool]);
        return versionOf(tool, flag);
      }),
    ),
  );
}

async function versionOf(tool: string, flag = '--version'): Promise<string> {
  return ((await execute([tool, flag])).split('\n')[0] ?? '').trim();
}

/** Whether tool and kernel accept the gateway's rules of each dataplane that a lab can have. */
export function checkDataplanes(): Promise<Check[]> {
  return Promise.all(DATAPLANE_NAMES.map(checkDataplane));
}

/** Tested in a network namespace that ends with the command. */
function checkDataplane(dataplane: Dataplane): Promise<Check> {
  const { tool, rules, commands, kernel } = DATAPLANE_SETUPS[dataplane];
  const forwarding = standard(dataplane);
  const command = ruleCommand(tool, PRIVATE_PLAN.family);
  const isolation = needsUserNamespace() ? UNSHARE : ['unshare', '--net', '--'];
  return attempt(`dataplane ${dataplane}`, async () => {
    requireTools([...new Set([tool, command[0], ...(commands?.(forwarding) ?? [])])]);
    const has = await kernel?.(hostWithin(here, 'gateway', isolation));
    const wanted = { ...PRIVATE_PLAN, ...forwarding, masquerade: 'outside' } as const;
    await execute([...isolation, ...command], { input: rules(wanted) });
    return `${await versionOf(tool)}; this kernel ${has === undefined ? '' : `has ${has}, and `}accepts the rules`;
  });
}

/** Which programs are here that can be the proxy of dataplane `proxy`. */
export function checkProxies(): Promise<Check[]> {
  const names = Object.keys(PROGRAM_SETUPS) as (keyof typeof PROGRAM_SETUPS)[];
  return Promise.all(
    names.map((name) =>
      attempt(`proxy ${name}`, async () => {
        requireProgram(name);
        return versionOfProgram(name);
      }),
    ),
  );
}

/** Whether a lease on the host's limits is possible, and how low it can set them. */
export async function checkSysctlMethod(): Promise<Check> {
  const name = 'method sysctl';
  const obstacle = leaseObstacle();
  if (obstacle !== undefined) return { name, ok: false, detail: obstacle, remedy: 'run as root, or use method ballast' };
  return attempt(name, describeLease);
}

async function describeLease(): Promise<string> {
  const fullest = (await listOtherNamespaces())[0];
  const floor = (fullest?.entries ?? 0) * 2;
  const lowest =
    fullest === undefined || floor === 0
      ? ''
      : `; not below ${count(floor)}, because the network namespace ${fullest.name} holds ${count(fullest.entries)} entries`;
  const holder = (await lockIsFree('exclusive')) ? 'no lease in force' : `in use by ${describeLockOwners()}`;
  return `possible (${holder})${lowest}`;
}

export function checkBallastMethod(): Check {
  return attempt('method ballast', () => `possible for gateway.conntrack.max up to ${count(readLimits().max)}`);
}

export function checkMachine(): Check[] {
  const clock = readText('/sys/devices/system/clocksource/clocksource0/current_clocksource') ?? 'unknown';
  const descriptors = descriptorLimit();
  return [
    { name: 'CPUs', ok: true, detail: String(availableParallelism()) },
    { name: 'memory', ok: true, detail: bytes(totalmem()) },
    descriptors < 4096
      ? {
          name: 'descriptors',
          ok: false,
          detail: `${count(descriptors)} per process`,
          remedy: 'raise the hard limit: ulimit -Hn 20000',
        }
      : {
          name: 'descriptors',
          ok: true,
          detail: `${Number.isFinite(descriptors) ? count(descriptors) : 'unlimited'} per process`,
        },
    { name: 'clock', ok: true, detail: clock },
  ];
}

export function checkLeftovers(): Check {
  const runs = [...deadRuns().keys()];
  if (runs.length === 0) return { name: 'leftovers', ok: true, detail: 'none' };
  return { name: 'leftovers', ok: false, detail: `left by killed runs: ${runs.join(', ')}`, remedy: 'ctload clean' };
}

function attempt(name: string, probe: () => string): Check;
function attempt(name: string, probe: () => Promise<string>): Promise<Check>;
function attempt(name: string, probe: () => string | Promise<string>): Check | Promise<Check> {
  const passed = (detail: string): Check => ({ name, ok: true, detail });
  const failed = (error: unknown): Check => {
    const remedy = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
    return { name, ok: false, detail: messageOf(error), ...(remedy === undefined ? {} : { remedy }) };
  };
  try {
    const detail = probe();
    return typeof detail === 'string' ? passed(detail) : detail.then(passed, failed);
  } catch (error) {
    return failed(error);
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
