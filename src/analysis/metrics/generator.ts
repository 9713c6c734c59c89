import type { LatencyLog } from '../../model/result/latency.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { AgentRecord } from '../../model/timeline/sample.ts';
import type { AttemptTotals } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';

/** How the machine that makes the load fared: the busiest agent, the fullest port range. */
export function generatorHealth(
  log: Pick<RunLog, 'meta' | 'agents' | 'backend'>,
  attempts: AttemptTotals,
  latency: LatencyLog,
): Summary['generator'] {
  const worst = (value: (agent: AgentRecord) => number) =>
    log.agents.length === 0 ? null : Math.max(...log.agents.map((agent) => value(agent)));
  const lags = latency.filter(({ phase }) => phase === 'schedule_lag').map(({ total }) => total.p99);
  return {
    cpuShare: worst((agent) => agent.cpuShare),
    eventLoopDelayP99Ms: worst((agent) => agent.eventLoopDelayP99Ms),
    scheduleLagP99Ms: lags.length === 0 ? null : Math.max(...lags),
    portsUsedShare: worst((agent) => agent.portsUsedShare),
    fdsUsedShare: worst((agent) => agent.fdsUsedShare),
    notStarted: attempts.all.notStarted,
    agents: log.agents.length,
    connectionsPerRequest: connectionsPerRequest(log, attempts),
  };
}

/** 1 when every request and upgrade had a connection of its own; null when the backend served none, or when they were to share some. */
function connectionsPerRequest({ backend, meta }: Pick<RunLog, 'meta' | 'backend'>, attempts: AttemptTotals): number | null {
  const { proxy } = meta.lab;
  const shared = meta.scenario.floods.some(({ requestsPerConnection }) => requestsPerConnection !== undefined);
  if (shared || (proxy !== undefined && proxy.keepAlive !== false)) return null;
  const { connections = 0, requests = 0, upgrades = 0 } = backend ?? {};
  const bare = meta.scenario.floods
    .filter(({ protocol }) => protocol === 'tcp')
    .reduce((sum, { name }) => sum + attempts.of(name).connected, 0);
  return requests + upgrades === 0 ? null : (connections - bare) / (requests + upgrades);
}
