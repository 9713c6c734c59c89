import type { MachineFacts } from '../../load/sizing/machine.ts';
import { type ProcessPlan, planProcesses } from '../../load/sizing/process-plan.ts';
import { terminates } from '../../model/input/dataplanes.ts';
import { proxyProgramOf } from '../../model/input/proxy.ts';
import { type AnyScenario, type GatewaySpec, isExisting, isKubernetes } from '../../model/input/scenario.ts';

/** Of one machine, as planProcesses has it. */
const LEAST_AGENTS = 2;

/** The processes of one run, computed once. */
export interface RunPlan extends ProcessPlan {
  readonly floods: AnyScenario['floods'];
  /** Processes that join client and backend on the gateway. */
  readonly proxies: number;
  /** Seconds between two samples of the gateway's table. */
  readonly intervalSeconds: number;
  /** Whether a node_exporter is scraped in the gateway's namespace. */
  readonly nodeExporter: boolean;
  /** Whether the gateway's table is listed during the load. */
  readonly listing: boolean;
  /** The machine it was made for. */
  readonly machine: MachineFacts;
}

/** @param listing whether the table may be listed during the load */
export function planRun(scenario: AnyScenario, machine: MachineFacts, listing = true): RunPlan {
  const { floods, probe } = scenario;
  const planned = planProcesses(floods, machine);
  const replicas = isKubernetes(scenario) ? scenario.lab.kubernetes.clients.replicas : 1;
  const plan = replicas === 1 ? planned : { ...planned, agents: agentsOf(planned, replicas, machine) };
  const proxies = isExisting(scenario) ? 0 : proxiesOf(scenario.gateway, plan);
  const { intervalSeconds, nodeExporter = false } = probe;
  return { ...plan, floods, proxies, intervalSeconds, nodeExporter, listing, machine };
}

/** As many on each of several client machines as on one, or what the sockets need, in equal parts. */
function agentsOf({ agents }: ProcessPlan, clients: number, { cpus }: MachineFacts): number {
  return clients * Math.max(LEAST_AGENTS, cpus, Math.ceil(agents / clients));
}

/** A program that is the proxy has workers of its own. */
function proxiesOf({ dataplane, proxy }: GatewaySpec, { backends }: ProcessPlan): number {
  if (!terminates(dataplane)) return 0;
  return proxyProgramOf(proxy) === undefined ? backends : 1;
}
