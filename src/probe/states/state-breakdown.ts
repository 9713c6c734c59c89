import type { CompositionRecord } from '../../model/timeline/sample.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { type ProbeProcess, type RemoteProbe, startRemoteProbe } from '../remote.ts';
import { OWN_ENTRIES } from './table-slice.ts';

/** Whether a process on `host` may read the entries of its table without any capability; not where CONFIG_NF_CONNTRACK_PROCFS is off. */
export async function readsEntries(host: Host): Promise<boolean> {
  try {
    await execute(['test', '-r', OWN_ENTRIES], { host });
    return true;
  } catch {
    return false;
  }
}

export type StatesProcess = ProbeProcess<CompositionRecord>;

/**
 * Starts a process on `host` that will count its conntrack entries by state, ballast excluded: every 0.5 s, less often where
 * a listing takes more than 25 ms of CPU.
 */
export function launchStates(host: Host): StatesProcess {
  return new RemoteProcess(host, 'states');
}

/**
 * Makes the process ready to record. The `prefilled` entries are not listed but added: all are ESTABLISHED, and nothing evicts
 * them. `prefilledIpv6` of them have IPv6 addresses.
 * @throws {CtloadError} exit 112 when it cannot run there.
 */
export function startStates(
  process: StatesProcess,
  {
    prefilled,
    prefilledIpv6 = 0,
    onRecord,
  }: { readonly prefilled: number; readonly prefilledIpv6?: number; onRecord(record: CompositionRecord): void },
): Promise<RemoteProbe> {
  const complete = (listed: CompositionRecord): CompositionRecord => ({
    ...listed,
    states: { ...listed.states, ESTABLISHED: (listed.states['ESTABLISHED'] ?? 0) + prefilled },
    assured: listed.assured + prefilled,
    ...(prefilledIpv6 === 0 ? {} : { ipv6: (listed.ipv6 ?? 0) + prefilledIpv6 }),
  });
  return startRemoteProbe(process, (listed) => onRecord(prefilled === 0 ? listed : complete(listed)));
}
