import type { NetstatRecord } from '../../model/timeline/sample.ts';
import { floodAttempts } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** Names of the floods of kind udp. */
export function udpFloods({ meta }: RunLog): ReadonlySet<string> {
  return new Set(meta.scenario.floods.filter(({ kind }) => kind === 'udp').map(({ name }) => name));
}

/**
 * Datagrams that were sent and did not arrive, from the UDP counters of the three kernels: what the client's sent
 * (UdpOutDatagrams) and the backend's never got, and the same for the answers. A kernel gets a datagram whether a socket reads
 * it (UdpInDatagrams), has no room for it (UdpInErrors, which holds UdpRcvbufErrors) or is missing (UdpNoPorts): what is lost
 * there no table has dropped. An answer whose entry was evicted meanwhile ends at the gateway itself (its UdpNoPorts) if there
 * is room for an entry of its own. Answers so late that the run was over before they came count as lost. 0 when the run has no flood of kind udp.
 */
export function datagramsLost(log: RunLog): number {
  if (udpFloods(log).size === 0) return 0;
  const { client, gateway, backend } = log.netstat;
  const questions = rise(client, 'UdpOutDatagrams') - arrived(backend);
  const answers = rise(backend, 'UdpOutDatagrams') - arrived(client) - rise(gateway, 'UdpNoPorts');
  return Math.max(0, questions) + Math.max(0, answers);
}

function arrived(records: readonly NetstatRecord[]): number {
  return rise(records, 'UdpInDatagrams') + rise(records, 'UdpInErrors') + rise(records, 'UdpNoPorts');
}

/** Whether at least half of the datagrams that got no answer were lost on the way, where the gateway's table is. */
export function lostOnTheWay(log: RunLog, lost: number): boolean {
  const unanswered = [...udpFloods(log)].reduce(
    (sum, name) => sum + (floodAttempts(log, name).failed['response-timeout'] ?? 0),
    0,
  );
  return lost >= unanswered / 2;
}
