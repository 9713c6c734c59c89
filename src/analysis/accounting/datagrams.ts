import { isDatagrams } from '../../model/input/flood-kind.ts';
import type { ScenarioFacts } from '../../model/timeline/run.ts';
import type { NetstatRecord } from '../../model/timeline/sample.ts';
import type { AttemptTotals } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** Names of the floods that send datagrams: of kind udp, and icmp. */
export function udpFloodsOf(floods: ScenarioFacts['floods']): ReadonlySet<string> {
  return new Set(floods.filter(({ kind }) => isDatagrams(kind)).map(({ name }) => name));
}

/**
 * Datagrams that were sent and did not arrive, from the counters of the three kernels: what the client's sent
 * (UdpOutDatagrams) and the backend's never got, and the same for the answers. A kernel gets a datagram whether a socket reads
 * it (UdpInDatagrams), has no room for it (UdpInErrors, which holds UdpRcvbufErrors) or is missing (UdpNoPorts): what is lost
 * there no table has dropped. An answer whose entry was evicted meanwhile ends at the gateway itself (its UdpNoPorts) if there
 * is room for an entry of its own. Answers so late that the run was over before they came count as lost.
 */
export function datagramsLost(netstat: RunLog['netstat']): number {
  return udpLost(netstat) + echoesLost(netstat);
}

function udpLost({ client, gateway, backend }: RunLog['netstat']): number {
  const questions = rise(client, 'UdpOutDatagrams') - datagramsAt(backend);
  const answers = rise(backend, 'UdpOutDatagrams') - datagramsAt(client) - rise(gateway, 'UdpNoPorts');
  return Math.max(0, questions) + Math.max(0, answers);
}

/**
 * The same for echo requests and their replies, which kernels count when they send and when they receive them, whatever socket they
 * are for (icmp_out_count, icmp_rcv).
 */
function echoesLost({ client, backend }: RunLog['netstat']): number {
  const requests = rise(client, 'IcmpOutEchos') - rise(backend, 'IcmpInEchos');
  const replies = rise(backend, 'IcmpOutEchoReps') - rise(client, 'IcmpInEchoReps');
  return Math.max(0, requests) + Math.max(0, replies);
}

/** Datagrams that a kernel got, whatever became of them. */
export function datagramsAt(records: readonly NetstatRecord[]): number {
  return rise(records, 'UdpInDatagrams') + rise(records, 'UdpInErrors') + rise(records, 'UdpNoPorts');
}

/**
 * Whether at least half of the datagrams that got no answer were lost on the way, where the gateway's table is; not counting
 * those whose answer ended at the gateway because their entry was evicted.
 */
export function lostOnTheWay(
  udpFloods: ReadonlySet<string>,
  attempts: AttemptTotals,
  lost: number,
  evictedAnswers: number,
): boolean {
  const unanswered = [...udpFloods].reduce((sum, name) => sum + (attempts.of(name).failed['response-timeout'] ?? 0), 0);
  return lost >= (unanswered - evictedAnswers) / 2;
}
