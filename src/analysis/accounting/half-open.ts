import type { AttemptTotals } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';
import { rise } from '../log/run-log.ts';

/**
 * SYNs of half-open floods that never reached the backend. Their sockets are gone, so no client can miss an answer; but a rule of
 * the backend swallows and counts each one that arrives. Records without that count: what the backend's kernel took in and did not
 * deliver, IpInReceives − IpInDelivers (net/ipv4/ip_input.c), which holds whatever else its input hook drops as well. 0 when the
 * run has no such flood.
 */
export function halfOpenLost(
  { meta, netstat, backend }: Pick<RunLog, 'meta' | 'netstat' | 'backend'>,
  attempts: Pick<AttemptTotals, 'of'>,
): number {
  const halfOpen = meta.scenario.floods.filter(({ kind }) => kind === 'half-open');
  if (halfOpen.length === 0) return 0;
  const sent = halfOpen.reduce((sum, { name }) => sum + attempts.of(name).succeeded, 0);
  const arrived = backend?.halfOpenSyns ?? rise(netstat.backend, 'IpInReceives') - rise(netstat.backend, 'IpInDelivers');
  return Math.max(0, sent - arrived);
}
