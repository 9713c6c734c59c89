import type { Certainty } from '../../model/result/diagnosis.ts';
import type { Because, Judged } from '../../model/result/incident-because.ts';
import type { CapturedLog } from '../../model/timeline/captured.ts';
import { figuresOf, judgeByCounters, judgeCounters } from './counted.ts';
import type { Gauges } from './gauges.ts';
import type { Rises } from './rises.ts';

/** Shares of the local ports that are in use: at most, where none can be lacking, and at least, where some destination may lack one. */
const PLENTY = 0.5;
const SCARCE = 0.8;

/** A connect(2) that finds no local port is counted nowhere: programs log it, and the sockets fill the range. */
export function localPorts({ sockets, localPorts: ports }: Gauges, log: CapturedLog): Judged {
  const taken: Because[] = sockets === undefined || ports === undefined ? [] : [{ code: 'ports-taken', sockets, ports }];
  const share = sockets === undefined || ports === undefined ? undefined : sockets / ports;
  const logged: Because[] = log.noLocalPort === 0 ? [] : [{ code: 'no-address-logged', lines: log.noLocalPort }];
  const because = [...logged, ...taken];
  const certainty = (): Certainty => {
    if (logged.length > 0) return share !== undefined && share >= SCARCE ? 'certain' : 'likely';
    if (share === undefined) return 'unknown';
    return share <= PLENTY ? 'no' : 'possible'; // a range is for each destination
  };
  return {
    cause: 'local-ports',
    certainty: certainty(),
    because: because.length > 0 ? because : [{ code: 'unseen' }],
    figures: {},
  };
}

/** A full queue of connections to accept. ListenDrops alone has other causes, too (tcp_v4_syn_recv_sock in tcp_ipv4.c). */
export function listenQueues(rises: Rises, log: CapturedLog): Judged {
  const all = ['TcpExtListenOverflows', 'TcpExtTCPReqQFullDrop', 'TcpExtListenDrops'];
  const queues = judgeCounters(rises, all.slice(0, 2));
  const drops = judgeCounters(rises, all);
  const logged: Because[] = log.synFlooding === 0 ? [] : [{ code: 'flooding-logged', lines: log.synFlooding }];
  const certainty = (): Certainty => {
    if (queues.certainty === 'certain') return 'certain';
    if (drops.certainty === 'certain' || logged.length > 0) return 'likely';
    return drops.certainty;
  };
  return {
    cause: 'listen-queues',
    certainty: certainty(),
    because: drops.certainty === 'unknown' && logged.length > 0 ? logged : [drops.because, ...logged],
    figures: figuresOf(rises, all),
  };
}

/**
 * Packets that conntrack takes for INVALID are not translated back, so that the client answers them with a reset
 * (kubernetes/kubernetes#74839). The kernel counts such packets of any kind, and resets for any reason. nf_conntrack_tcp_be_liberal
 * ends those that are out of the window; without nf_conntrack_tcp_loose those of connections whose entry is gone remain.
 */
export function invalidResets(rises: Rises, { beLiberal, isLoose }: Gauges): Judged {
  const names = ['invalid', 'TcpOutRsts', 'TcpEstabResets'];
  const judged = (certainty: Certainty, because: Because): Judged => ({
    cause: 'invalid-resets',
    certainty,
    because: [because],
    figures: figuresOf(rises, names),
  });
  const { certainty, because } = judgeCounters(rises, ['invalid']);
  if (certainty !== 'certain') return judged(certainty, because);
  if (beLiberal === true && isLoose !== false) return judged('no', { code: 'liberal' });
  const invalid = rises.of('invalid')?.rise ?? 0;
  const resets = rises.of('TcpOutRsts')?.rise ?? null;
  const fits = (resets ?? 0) > 0 && (rises.of('TcpEstabResets')?.rise ?? 0) > 0;
  return judged(fits ? 'likely' : 'possible', { code: 'resets', invalid, resets });
}

/** Allowances of an EC2 instance, by any network device: that of the security groups' own tracking, and those of the network. */
export function allowances(rises: Rises): Judged[] {
  const named = (pattern: RegExp) => rises.names.filter((name) => pattern.test(name));
  return [
    judgeByCounters('conntrack-allowance', rises, named(/\bconntrack_allowance_exceeded$/)),
    judgeByCounters('network-allowance', rises, named(/\b(?:bw_in|bw_out|pps|linklocal)_allowance_exceeded$/)),
  ];
}
