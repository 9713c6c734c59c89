import type { Deed, EntryFilter } from '../model/input/actions.ts';
import { ADDRESS_FAMILIES } from '../model/input/address-family.ts';
import type { LabDriver } from '../model/input/dataplanes.ts';
import { timeoutSysctl } from '../model/input/timeouts.ts';
import { CtloadError } from '../platform/errors.ts';
import { execute, type Host } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { filterOf, traitsOf } from './capacity/synthetic-entries.ts';
import { readSysctls, writeSysctls } from './host/sysctls.ts';
import { deleteEntries } from './host/table.ts';
import type { Lab } from './lab.ts';

/** What an action needs of a lab. */
export type Actionable = Pick<Lab, 'gateway' | 'capacity' | 'setMax' | 'loseEndpoints'>;

/** @throws {CtloadError} exit 112 when labs of this driver cannot carry an action out. */
export function requireActions(actions: readonly Deed[] = [], driver: LabDriver): void {
  if (driver !== 'docker' || !actions.some((action) => 'timeouts' in action)) return;
  throw new CtloadError(
    'actions that set timeouts: not available with the docker driver: the sysctls of a container are read-only',
    {
      hint: 'use --driver netns or vm',
      exitCode: ExitCode.hostUnfit,
    },
  );
}

/**
 * Does what an action says. Returns how many entries it deleted, if it deletes any.
 * @throws {CtloadError} exit 100, or CommandError, with the reason when it could not be done.
 */
export async function carryOut(deed: Deed, lab: Actionable): Promise<number | undefined> {
  if ('max' in deed) return await setMax(lab, deed.max);
  if ('timeouts' in deed) return await setTimeouts(lab, deed.timeouts);
  if ('endpoint' in deed) return await loseEndpoints(lab);
  return 'delete' in deed ? await deleteSome(lab, deed.delete) : await deleteAll(lab);
}

async function loseEndpoints(lab: Actionable): Promise<undefined> {
  await lab.loseEndpoints();
}

async function setMax({ setMax: set }: Actionable, max: number): Promise<undefined> {
  if (set === undefined) throw new CtloadError('nf_conntrack_max cannot be set in this lab');
  await set(max);
}

/** Of the gateway's namespace; they count for timers that start from now on, and for entries that see another packet. */
async function setTimeouts({ gateway }: Actionable, timeouts: Readonly<Record<string, number>>): Promise<undefined> {
  const wanted = Object.entries(timeouts).map(([name, seconds]) => [timeoutSysctl(name) ?? name, String(seconds)] as const);
  await writeSysctls(gateway, Object.fromEntries(wanted));
  const set = await readSysctls(
    gateway,
    wanted.map(([name]) => name),
  );
  for (const [name, value] of wanted) {
    if (set[name] !== value)
      throw new CtloadError(`requested ${name} ${value}, the gateway's kernel has ${set[name] ?? 'no such setting'}`);
  }
}

/** Ballast stands for a smaller table, so it stays; its mark is that of prefill, too. */
const UNMARKED = ['--mark', '0'];

async function deleteSome({ gateway, capacity }: Actionable, { state, protocol }: EntryFilter): Promise<number> {
  const chosen = ['-p', protocol ?? 'tcp', ...(state === undefined ? [] : ['--state', state])];
  if (capacity.ballast === 0) return await deleteEntries(gateway, chosen);
  const keepsStale = protocol === 'udp' || (state !== undefined && state !== 'ESTABLISHED');
  return (await deleteEntries(gateway, [...chosen, ...UNMARKED])) + (keepsStale ? 0 : await deleteStale(gateway));
}

async function deleteAll({ gateway, capacity }: Actionable): Promise<number> {
  if (capacity.ballast > 0) return (await deleteEntries(gateway, UNMARKED)) + (await deleteStale(gateway));
  return Number(await execute(['sh', '-c', FLUSH], { host: gateway }));
}

async function deleteStale(gateway: Host): Promise<number> {
  let deleted = 0;
  for (const family of ADDRESS_FAMILIES) deleted += await deleteEntries(gateway, filterOf(traitsOf('prefill'), family));
  return deleted;
}

/** Prints how many entries there were. */
const FLUSH = 'cat /proc/sys/net/netfilter/nf_conntrack_count; conntrack -F 2>/dev/null';
