import { floodAttempts } from '../log/load.ts';
import { type RunLog, rise } from '../log/run-log.ts';

/**
 * SYNs of half-open floods that never reached the backend. Their sockets are gone, so no client can miss an answer; but the
 * backend swallows each one that arrives in its input hook, between two counters of its kernel: IpInReceives − IpInDelivers
 * (net/ipv4/ip_input.c). 0 when the run has no such flood.
 */
export function halfOpenLost(log: RunLog): number {
  const floods = log.meta.scenario.floods.filter(({ kind }) => kind === 'half-open');
  if (floods.length === 0) return 0;
  const sent = floods.reduce((sum, { name }) => sum + floodAttempts(log, name).succeeded, 0);
  const { backend } = log.netstat;
  return Math.max(0, sent - (rise(backend, 'IpInReceives') - rise(backend, 'IpInDelivers')));
}
