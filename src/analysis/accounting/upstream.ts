import { terminates } from '../../model/input/dataplanes.ts';
import { recordedVisibility } from '../../model/timeline/visibility.ts';
import type { AttemptTotals } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/** What the gateway's own kernel felt of a full table. */
export interface UpstreamLost {
  readonly retransmitted: number;
  readonly abandoned: number;
}

/**
 * A gateway that ends connections itself (ctload's proxy, nginx, HAProxy, Envoy) is a client of what is behind it: the table
 * drops its SYNs too, and its own kernel retransmits them. Of the connections it opened (TcpActiveOpens), one that was given up
 * cost one more SYN. Where ctload reads the backend, these are the ones that the backend never saw (TcpPassiveOpens). Elsewhere
 * they are attempts that connected to the gateway and got no good answer, as far as drops are left over (`unexplained`): 229
 * upstream connections given up = 229 requests without a response (nginx of Debian 12, kernel 6.18).
 */
export function upstreamLost(
  { meta, netstat, tables }: Pick<RunLog, 'meta' | 'netstat' | 'tables'>,
  { all: { succeeded, failed } }: AttemptTotals,
  unexplained: (retransmitted: number) => number,
): UpstreamLost {
  // The sampler of a client in the gateway's own namespace reads the same counters, but leaves out the table. Of several gateways
  // the client's is left out of `netstat.gateway`.
  const same = meta.lab.gateways === undefined && netstat.client.length > 0 && tables.client.samples.length === 0;
  if (same && !recordedVisibility(meta).wholeLab) return NOTHING;
  const retransmitted = rise(netstat.gateway, 'TcpExtTCPSynRetrans');
  const opened = rise(netstat.gateway, 'TcpActiveOpens');
  if (terminates(meta.lab.dataplane)) {
    return { retransmitted, abandoned: Math.max(0, opened - rise(netstat.backend, 'TcpPassiveOpens')) };
  }
  const unserved = Math.min(opened - succeeded, (failed['response-timeout'] ?? 0) + (failed['http-5xx'] ?? 0));
  return { retransmitted, abandoned: Math.max(0, Math.min(unserved, unexplained(retransmitted))) };
}

const NOTHING: UpstreamLost = { retransmitted: 0, abandoned: 0 };
