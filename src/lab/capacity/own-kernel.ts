import { count } from '../../model/format.ts';
import type { LabFamily } from '../../model/input/address-family.ts';
import { bucketsFor, type ConntrackSpec, prefillEntries } from '../../model/input/scenario.ts';
import { parseVersion } from '../../model/node/version.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { BUCKETS_SYSCTL, type Limits, MAX_SYSCTL } from '../host/limits.ts';
import { readSysctls, writeSysctls } from '../host/sysctls.ts';
import { fillTable } from './ballast.ts';
import { requireMemory, type TableMemory } from './memory.ts';
import { prefilledOf } from './synthetic-entries.ts';

/**
 * Gives a gateway with a kernel of its own a table of the size asked for: by that kernel's limits, which are nobody else's and end
 * with it, so there is no lease; or with ballast, where the scenario asks for it.
 * @param more `machine`: where that kernel lets its limits be written, its first network namespace; `laterMaxima`: limits that the
 *   run sets while the load runs; `family`: of the lab's addresses
 * @throws {CtloadError} exit 112 when the gateway has not enough memory for the table, or ballast cannot make one of that size.
 */
export async function setOwnLimits(
  gateway: Host,
  spec: ConntrackSpec,
  signal: AbortSignal,
  {
    machine = gateway,
    laterMaxima = [],
    family,
  }: { readonly machine?: Host; readonly laterMaxima?: readonly number[]; readonly family?: LabFamily | undefined } = {},
): Promise<Capacity> {
  const byBallast = spec.method === 'ballast';
  if (!byBallast) {
    const limits = { max: spec.max, buckets: bucketsFor(spec) };
    requireMemory({ ...limits, max: Math.max(limits.max, ...laterMaxima) }, await memoryOf(machine));
    await writeSysctls(machine, { [BUCKETS_SYSCTL]: limits.buckets, [MAX_SYSCTL]: limits.max });
  }
  const { max, buckets } = await readOwnLimits(gateway);
  if (max < spec.max) {
    throw new CtloadError(
      `gateway.conntrack.max ${count(spec.max)} exceeds the gateway's own nf_conntrack_max of ${count(max)}, which ballast cannot raise`,
      { hint: 'use --set gateway.conntrack.method=sysctl', exitCode: ExitCode.hostUnfit },
    );
  }
  const ballast = max - spec.max;
  const prefilled = prefillEntries(spec);
  await fillTable(gateway, 'ballast', ballast, signal);
  await fillTable(gateway, 'prefill', prefilled, signal, family);
  throwIfAborted(signal);
  return {
    method: byBallast ? 'ballast' : 'own-kernel',
    why: byBallast ? 'set by the scenario (gateway.conntrack.method)' : 'the gateway has a kernel of its own',
    max,
    buckets,
    ballast,
    effectiveMax: spec.max,
    ...prefilledOf(prefilled, family),
  };
}

/**
 * Sets nf_conntrack_max of a gateway with a kernel of its own, in the first network namespace of that, `machine`.
 * @throws {CtloadError} exit 100 when the kernel does not accept it.
 */
export async function setOwnMax(machine: Host, max: number): Promise<void> {
  await writeSysctls(machine, { [MAX_SYSCTL]: max });
  const limits = await readOwnLimits(machine);
  if (limits.max !== max) throw new CtloadError(`requested ${MAX_SYSCTL} ${max}, the gateway's kernel set ${limits.max}`);
}

/** The limits of the kernel that `gateway` runs on. @throws {CtloadError} exit 112 when it has no conntrack. */
export async function readOwnLimits(gateway: Host): Promise<Limits> {
  const { [MAX_SYSCTL]: max, [BUCKETS_SYSCTL]: buckets } = await readSysctls(gateway, [MAX_SYSCTL, BUCKETS_SYSCTL]);
  if (max !== undefined && buckets !== undefined) return { max: Number(max), buckets: Number(buckets) };
  throw new CtloadError("the gateway's kernel has no nf_conntrack", {
    hint: 'its kernel needs the module nf_conntrack',
    exitCode: ExitCode.hostUnfit,
  });
}

/** What the kernel of `gateway` says that it has. */
async function memoryOf(gateway: Host): Promise<TableMemory> {
  const text = await execute(['cat', '/proc/sys/kernel/osrelease', '/proc/meminfo'], { host: gateway });
  return {
    availableBytes: 1024 * Number(/^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.POSITIVE_INFINITY),
    kernel: parseVersion(text.split('\n')[0] ?? ''),
    more: 'give the gateway more with lab.vm.memory',
  };
}
