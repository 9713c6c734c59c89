import type { AttemptTotals } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';
import { datagramsAt } from './datagrams.ts';

/**
 * Share of the answers to datagrams that came in time, 0 to 1, as far as they came at all. An answer that ended at the gateway was
 * missed by a client only if it was still waiting: none is where the backend takes longer than the time limit.
 */
export function answeredInTime(
  { meta: { scenario }, netstat }: Pick<RunLog, 'meta' | 'netstat'>,
  attempts: Pick<AttemptTotals, 'of'>,
): number {
  const floods = scenario.floods.filter(({ kind, answerTimeoutSeconds }) => kind === 'udp' && answerTimeoutSeconds !== undefined);
  if (floods.length === 0) return 1;
  const limit = Math.max(...floods.map(({ answerTimeoutSeconds = 0 }) => answerTimeoutSeconds));
  if ((scenario.backend?.delaySeconds ?? 0) >= limit) return 0;
  const inTime = floods.reduce((sum, { name }) => sum + attempts.of(name).succeeded, 0);
  const came = Math.max(inTime, datagramsAt(netstat.client));
  return came === 0 ? 1 : inTime / came;
}
