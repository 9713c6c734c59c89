import type { LabHosts } from '../../lab/lab.ts';
import { type BackendProcess, launchBackends } from '../../load/fleet/backend-pool.ts';
import { type AgentProcess, launchAgents } from '../../load/fleet/fleet.ts';
import { launchProxies, type ProxyProcess } from '../../load/fleet/proxy-pool.ts';
import type { TableOwner } from '../../model/timeline/sample.ts';
import { MAIN } from '../../platform/exec.ts';
import { launchMachineProbe, type MachineProcess } from '../../probe/machine-probe.ts';
import { launchSampler, type SamplerProcess } from '../../probe/sampler.ts';
import { launchStates, type StatesProcess } from '../../probe/states/state-breakdown.ts';
import type { RunPlan } from './run-plan.ts';

/** The hosts of a run; an external lab has fewer. */
export type RunHosts = Pick<LabHosts, 'client'> & Partial<LabHosts>;

/** Seconds between samples of the tables that should stay empty. */
const SLOW_INTERVAL = 0.1;

/**
 * All processes of one run, started together, before there is work for them: they boot and warm up meanwhile. `measure` gives
 * them their work. Disposing kills those that still run.
 */
export class ProcessSet implements AsyncDisposable {
  readonly agents: readonly AgentProcess[];
  readonly backends: readonly BackendProcess[];
  readonly proxies: readonly ProxyProcess[];
  /** One for each table that is sampled. */
  readonly samplers: readonly { readonly owner: TableOwner; readonly process: SamplerProcess }[];
  /** Counts the entries of the gateway's table by state; absent where it is not listed. */
  readonly states: StatesProcess | undefined;
  /** One for each machine but the one that ctload runs on, which it probes itself. */
  readonly machines: readonly MachineProcess[];

  constructor(hosts: RunHosts, { floods, agents, backends, proxies, intervalSeconds, listing }: RunPlan) {
    const { client, gateway, backend } = hosts;
    this.agents = launchAgents(client, floods, agents);
    this.backends = backend === undefined ? [] : launchBackends(backend, floods, backends);
    this.proxies = gateway === undefined ? [] : launchProxies(gateway, proxies);
    this.samplers = (['gateway', 'client', 'backend', 'machine'] as const).flatMap((role) => {
      const host = hosts[role];
      const owner: TableOwner = role === 'machine' ? 'host' : role;
      const interval = role === 'gateway' ? intervalSeconds : SLOW_INTERVAL;
      return host === undefined ? [] : [{ owner, process: launchSampler(host, { owner, intervalSeconds: interval }) }];
    });
    this.machines = gateway === undefined || gateway.machine === MAIN ? [] : [launchMachineProbe(gateway)];
    this.states = listing && gateway !== undefined ? launchStates(gateway) : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { agents, backends, proxies, samplers, states, machines } = this;
    const all = [
      ...agents,
      ...backends,
      ...proxies,
      ...samplers.map(({ process }) => process),
      ...machines,
      ...(states ? [states] : []),
    ];
    await Promise.all(all.map((process) => process.kill()));
  }
}
