import type { LabGateway, LabHosts } from '../../lab/lab.ts';
import { type BackendProcess, launchBackends } from '../../load/fleet/backend-pool.ts';
import { type AgentProcess, launchAgents } from '../../load/fleet/fleet.ts';
import { launchProxies, type ProxyProcess } from '../../load/fleet/proxy-pool.ts';
import type { TableOwner } from '../../model/timeline/sample.ts';
import { type Host, MAIN } from '../../platform/exec.ts';
import { type ExporterProcess, launchExporter } from '../../probe/exporter/node-exporter.ts';
import { launchMachineProbe, type MachineProcess } from '../../probe/machine-probe.ts';
import { launchSampler, type SamplerProcess } from '../../probe/sampler.ts';
import { launchStates, type StatesProcess } from '../../probe/states/state-breakdown.ts';
import type { RunPlan } from './run-plan.ts';

/** The hosts of a run; an external lab has fewer. */
export type RunHosts = Pick<LabHosts, 'client'> &
  Partial<LabHosts> & { readonly gateways?: readonly Pick<LabGateway, 'name' | 'host'>[] };

/** Of several gateways, or several clients, the name of the one that it is about. */
interface OfOne {
  readonly gateway?: string;
  readonly client?: string;
}

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
  readonly samplers: readonly ({ readonly owner: TableOwner; readonly process: SamplerProcess } & OfOne)[];
  /** Count the entries of the gateways' tables by state; none where they are not listed. */
  readonly states: readonly ({ readonly process: StatesProcess } & OfOne)[];
  /** Scrape a node_exporter in the gateways' namespaces; none unless the scenario asks for it. */
  readonly exporters: readonly ({ readonly process: ExporterProcess } & OfOne)[];
  /** One for each machine with a gateway but the one that ctload runs on, which it probes itself. */
  readonly machines: readonly MachineProcess[];

  constructor(hosts: RunHosts, { floods, agents, backends, proxies, intervalSeconds, nodeExporter, listing }: RunPlan) {
    const { gateway, backend, client, clients = [client] } = hosts;
    this.agents = launchAgents(clients, floods, agents);
    this.backends = backend === undefined ? [] : launchBackends(backend, floods, backends);
    this.proxies = gateway === undefined ? [] : launchProxies(gateway, proxies);
    const gateways = gatewaysOf(hosts);
    const table = (host: Host, owner: TableOwner, interval = SLOW_INTERVAL) => {
      return { owner, process: launchSampler(host, { owner, intervalSeconds: interval }) };
    };
    this.samplers = [
      ...gateways.map(({ host, ...of }) => ({ ...table(host, 'gateway', intervalSeconds), ...of })),
      ...clients.map((one) => ({ ...table(one, 'client'), ...(clients.length > 1 ? { client: one.name } : {}) })),
      ...(['backend', 'machine'] as const).flatMap((role) => {
        const host = hosts[role];
        return host === undefined ? [] : [table(host, role === 'machine' ? 'host' : role)];
      }),
    ];
    const others = gateways.map(({ host }) => host).filter(({ machine }) => machine !== MAIN);
    this.machines = others.filter(firstOfMachine).map(launchMachineProbe);
    this.states = listing ? gateways.map(({ host, ...of }) => ({ process: launchStates(host), ...of })) : [];
    this.exporters = nodeExporter ? gateways.map(({ host, ...of }) => ({ process: launchExporter(host), ...of })) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { agents, backends, proxies, samplers, states, exporters, machines } = this;
    const probes = [...samplers, ...states, ...exporters].map(({ process }) => process);
    const all = [...agents, ...backends, ...proxies, ...probes, ...machines];
    await Promise.all(all.map((process) => process.kill()));
  }
}

/** The hosts whose tables are those of gateways, each with its name where there are several. */
function gatewaysOf({ gateway, gateways }: RunHosts): ({ readonly host: Host } & OfOne)[] {
  if (gateways !== undefined) return gateways.map(({ name, host }) => ({ host, gateway: name }));
  return gateway === undefined ? [] : [{ host: gateway }];
}

function firstOfMachine({ machine }: Host, index: number, hosts: readonly Host[]): boolean {
  return hosts.findIndex((host) => host.machine === machine) === index;
}
