import type { ScenarioFacts } from '../../model/timeline/run.ts';
import type { NetstatRecord } from '../../model/timeline/sample.ts';
import type { AttemptTotals } from '../log/load.ts';
import { rise } from '../log/run-log.ts';

/**
 * SYNs of half-open floods that never reached the backend. Their sockets are gone, so no client can miss an answer; but the
 * backend swallows each one that arrives in its input hook, between two counters of its kernel: IpInReceives − IpInDelivers
 * (net/ipv4/ip_input.c). 0 when the run has no such flood.
 * @param backend the backend's kernel counters
 */
export function halfOpenLost(
  floods: ScenarioFacts['floods'],
  attempts: AttemptTotals,
  backend: readonly NetstatRecord[],
): number {
  const halfOpen = floods.filter(({ kind }) => kind === 'half-open');
  if (halfOpen.length === 0) return 0;
  const sent = halfOpen.reduce((sum, { name }) => sum + attempts.of(name).succeeded, 0);
  return Math.max(0, sent - (rise(backend, 'IpInReceives') - rise(backend, 'IpInDelivers')));
}
