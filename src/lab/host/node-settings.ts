import { TIMEOUT_NAMES, timeoutSysctl } from '../../model/input/timeouts.ts';
import { synSchedule } from '../../model/node/syn.ts';
import type { Hosts, Lab } from '../lab.ts';
import { BUCKETS_SYSCTL, MAX_SYSCTL } from './limits.ts';
import { PORTS_SYSCTL, readSysctls } from './sysctls.ts';

const SYN_RETRIES = 'net.ipv4.tcp_syn_retries';
const SYN_LINEAR_TIMEOUTS = 'net.ipv4.tcp_syn_linear_timeouts';

/** A scenario's conntrack timeouts as sysctls. */
export function timeoutSysctls(timeouts: Readonly<Record<string, number>>): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, seconds] of Object.entries(timeouts)) {
    const sysctl = timeoutSysctl(name);
    if (sysctl !== undefined) values[sysctl] = Math.round(seconds);
  }
  return values;
}

/** The settings in force on a lab's hosts, and what follows from them; nothing of a gateway that is not monitored. */
export async function describeKernel({
  client,
  gateway,
}: Pick<Hosts, 'client'> & { readonly gateway: Hosts['gateway'] | undefined }): Promise<Pick<Lab, 'sysctls' | 'synSchedule'>> {
  const timeouts = TIMEOUT_NAMES.flatMap((name) => timeoutSysctl(name) ?? []);
  const [ofClient, ofGateway] = await Promise.all([
    readSysctls(client, [PORTS_SYSCTL, SYN_RETRIES, SYN_LINEAR_TIMEOUTS]),
    gateway === undefined
      ? {}
      : readSysctls(gateway, [MAX_SYSCTL, BUCKETS_SYSCTL, 'net.netfilter.nf_conntrack_tcp_loose', ...timeouts]),
  ]);
  const sysctls: Record<string, string> = { ...ofGateway, ...ofClient };
  return {
    sysctls,
    synSchedule: synSchedule({
      retries: Number(sysctls[SYN_RETRIES]),
      linearTimeouts: Number(sysctls[SYN_LINEAR_TIMEOUTS] ?? 0),
    }),
  };
}
