import type { LatencyLog } from '../../model/result/latency.ts';
import type { Summary } from '../../model/result/summary.ts';
import type { AgentRecord } from '../../model/timeline/sample.ts';
import { floodAttempts, totalAttempts } from '../log/load.ts';
import type { RunLog } from '../log/run-log.ts';

/** How the machine that makes the load fared: the busiest agent, the fullest port range. */
export function generatorHealth(log: RunLog, latency: LatencyLog): Summary['generator'] {
  const worst = (value: (agent: AgentRecord) => number) =>
    log.agents.length === 0 ? null : Math.max(...log.agents.map((agent) => value(agent)));
  const lags = latency.filter(({ phase }) => phase === 'schedule_lag').map(({ total }) => total.p99);
  return {
    cpuShare: worst((agent) => agent.cpuShare),
    eventLoopDelayP99Ms: worst((agent) => agent.eventLoopDelayP99Ms),
    scheduleLagP99Ms: lags.length === 0 ? null : Math.max(...lags),
    portsUsedShare: worst((agent) => agent.portsUsedShare),
    fdsUsedShare: worst((agent) => agent.fdsUsedShare),
    notStarted: totalAttempts(log).notStarted,
    agents: log.agents.length,
    connectionsPerRequest: connectionsPerRequest(log),
  };
}

/** 1 when every request and upgrade had a connection of its own; null when the backend served none. */
function connectionsPerRequest(log: RunLog): number | null {
  const { connections = 0, requests = 0, upgrades = 0 } = log.backend ?? {};
  const bare = log.meta.scenario.floods
    .filter(({ protocol }) => protocol === 'tcp')
    .reduce((sum, { name }) => sum + floodAttempts(log, name).connected, 0);
  return requests + upgrades === 0 ? null : (connections - bare) / (requests + upgrades);
}
