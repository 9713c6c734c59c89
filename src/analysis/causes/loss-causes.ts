import type { Accounting } from '../../model/result/summary.ts';
import type { FailureCause } from '../../model/timeline/attempt.ts';
import { lostOnTheWay } from '../accounting/datagrams.ts';
import type { Evictions } from '../accounting/evictions.ts';
import { answeredInTime } from '../accounting/late-answers.ts';
import { listenDrops } from '../accounting/other-losses.ts';
import type { PortRefusals } from '../accounting/port-refusals.ts';
import type { FirstDrop } from '../breaking-point/breaking-point.ts';
import type { AttemptTotals } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';
import { type ShareInputs, tableShare } from './apportion.ts';
import { type EvictedShares, evictedShares } from './evicted.ts';
import { unanswered } from './unanswered.ts';
import { type UpstreamShares, upstreamShares } from './upstream.ts';

/** What lost SYNs and datagrams are put down to, as the counters of the run have it. */
export interface LossCauses {
  /** Attempts due from here on met a table that dropped; undefined when it did not. */
  readonly tableFullFrom: number | undefined;
  /** Share of the SYNs and datagrams of these attempts that the table is the cause of; the others have the cause `otherwise`. */
  readonly tableShare: number;
  /** What became of the SYNs that no table dropped. */
  readonly otherwise: FailureCause;
  /** Floods whose missing answers are put down to the table as unanswered SYNs are. */
  readonly datagrams: ReadonlySet<string>;
  /** What of the missing answers and resets is due to evicted flows. */
  readonly evicted: EvictedShares;
  /** Names of the floods of kind udp. */
  readonly udpFloods: ReadonlySet<string>;
  /** What of the missing answers to datagrams are put down to that no full table explains; undefined where it is not known. */
  readonly datagramsOtherwise: FailureCause | undefined;
  /** What of the requests that a proxy did not answer well failed on its way to the backend. */
  readonly upstream: UpstreamShares;
  /** What lost SYNs next to a full table are divided by. */
  readonly accounting: Accounting;
  /** What packets are put down to whose entry clashed with another one. */
  readonly clashes: FailureCause;
}

export type LossInputs = ShareInputs &
  Pick<RunLog, 'meta' | 'netstat' | 'proxy'> & {
    readonly attempts: AttemptTotals;
    readonly udpFloods: ReadonlySet<string>;
    readonly firstDrop: FirstDrop | undefined;
    readonly evictions: Evictions;
    readonly portRefusals: PortRefusals;
  };

/** Decides what lost SYNs and datagrams are put down to. */
export function lossCauses(inputs: LossInputs): LossCauses {
  const { firstDrop, accounting, udpFloods, attempts } = inputs;
  const tableFullFrom = firstDrop?.affectedFrom;
  const evicted = evictedShares({ ...inputs, inTime: answeredInTime(inputs, attempts), tableFullFrom });
  return {
    tableFullFrom,
    tableShare: firstDrop === undefined ? 0 : tableShare(inputs, firstDrop.affectedFrom),
    otherwise: otherwiseLost(inputs),
    datagrams: lostOnTheWay(udpFloods, attempts, accounting.datagramsLost, evicted.answers) ? udpFloods : new Set(),
    evicted,
    udpFloods,
    datagramsOtherwise: datagramsOtherwise(inputs),
    upstream: upstreamShares({ ...inputs, tableFullFrom }),
    accounting,
    clashes: inputs.portRefusals.explained ? 'snat-ports-exhausted' : 'connect-timeout',
  };
}

/**
 * What made SYNs go unanswered that no conntrack table dropped: no route, a listen queue that overflowed, hash chains that were too
 * long, source ports that ran out, a rule of the user's own, or a handshake whose entry was evicted so that the gateway reset the SYN-ACK, where a counter holds at least half of what
 * the clients are missing beyond the table's drops; else it stays `connect-timeout`. Most SYNs that meet TIME_WAIT are felt by no
 * attempt, so they are weighed by attempts: the backend's ACK makes the client retransmit a first SYN within milliseconds
 * (tcp_rcv_synsent_state_process).
 */
function otherwiseLost({ loads, netstat, accounting, evictions, portRefusals }: LossInputs): FailureCause {
  const { explainedByClients, kernelDrops, timeWaitDropped, ...named } = accounting;
  const { listenDropped, chainRefused, clashDropped, ruleDropped } = named;
  const byCounters = listenDropped + chainRefused + clashDropped + ruleDropped;
  const felt = Math.min(timeWaitDropped, unanswered(loads));
  const missing = Math.max(1, explainedByClients + byCounters - kernelDrops, felt);
  const [most] = [
    { cause: 'unreachable' as const, count: routeless(netstat) },
    { cause: 'listen-overflow' as const, count: listenDrops(netstat) },
    { cause: 'hash-chains-full' as const, count: chainRefused },
    { cause: 'snat-ports-exhausted' as const, count: portRefusals.explained ? clashDropped : 0 },
    { cause: 'dropped-by-rule' as const, count: ruleDropped },
    { cause: 'conntrack-evicted' as const, count: Math.min(evictions.evicted, evictions.resetsSent) },
  ].sort((a, b) => b.count - a.count);
  return most !== undefined && most.count >= missing / 2 ? most.cause : 'connect-timeout';
}

/** A counter that holds at least half of the datagrams that were lost. */
function datagramsOtherwise({ accounting, portRefusals }: LossInputs): FailureCause | undefined {
  const { chainRefused, clashDropped, ruleDropped, datagramsLost } = accounting;
  const holds = (count: number) => count > 0 && count >= datagramsLost / 2;
  if (holds(chainRefused)) return 'hash-chains-full';
  if (portRefusals.explained && holds(clashDropped)) return 'snat-ports-exhausted';
  return holds(ruleDropped) ? 'dropped-by-rule' : undefined;
}

/** Packets that met no route: routing answers with an ICMP message, but no more than one per second to each client. */
function routeless({ client, gateway, backend }: RunLog['netstat']): number {
  const hosts = [client, gateway, backend];
  return hosts.reduce((sum, records) => sum + rise(records, 'IpExtInNoRoutes') + rise(records, 'IpOutNoRoutes'), 0);
}
