import type { Hosts, Lab } from '../../lab/lab.ts';
import { machineFacts } from '../../load/sizing/machine.ts';
import { agentCommand, backendCommand, planProcesses } from '../../load/sizing/process-plan.ts';
import type { Scenario } from '../../model/input/scenario.ts';
import { Standby } from '../../platform/remote/standby.ts';
import { samplerCommand } from '../../probe/sampler.ts';
import { stateBreakdownCommand } from '../../probe/state-breakdown.ts';
import { samplers } from './probes.ts';

/**
 * The processes of a run, started as soon as a lab has hosts: booting and warming up them takes longer than the rest of the
 * building, which goes on meanwhile. They are the ones that `measure` asks for.
 */
export class ProcessSet implements AsyncDisposable {
  readonly #standby = new Standby();

  /** @param listing whether the table will be listed during the load */
  prestart(hosts: Hosts, { floods, probe }: Scenario, listing: boolean): void {
    const { agents, backends } = planProcesses(floods, machineFacts());
    this.#standby.start(hosts.client, agentCommand(floods), agents);
    this.#standby.start(hosts.backend, backendCommand(floods), backends);
    for (const { host, owner, intervalSeconds } of samplers(hosts, probe)) {
      this.#standby.start(host, samplerCommand({ owner, intervalSeconds }));
    }
    if (listing) this.#standby.start(hosts.gateway, stateBreakdownCommand());
  }

  /** `lab` with these processes on its hosts; those not asked for end with it. */
  join(lab: Lab): Lab {
    return {
      ...lab,
      client: this.#standby.on(lab.client),
      gateway: this.#standby.on(lab.gateway),
      backend: this.#standby.on(lab.backend),
      [Symbol.asyncDispose]: async () => {
        await this[Symbol.asyncDispose]();
        await lab[Symbol.asyncDispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#standby[Symbol.asyncDispose]();
  }
}
