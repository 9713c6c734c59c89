import type { Container } from 'dockerode';
import { here } from '../../platform/exec.ts';
import type { LimitsAccess } from '../capacity/capacity.ts';
import { type ContainerSpec, containerPerProcess, createContainer, removeContainers } from './containers.ts';
import type { Engine } from './engine.ts';
import { LIMITS_ACCESS, limitsObstacle } from './machine.ts';

/** Makes the containers of one run. */
export class ContainerSet {
  readonly #engine: Engine;
  readonly #runId: string;
  readonly #image: string;
  readonly #made: Container[] = [];

  constructor(engine: Engine, runId: string, image: string) {
    this.#engine = engine;
    this.#runId = runId;
    this.#image = image;
  }

  /** Removes the containers made since the previous call. */
  async remove(): Promise<void> {
    await removeContainers(this.#made.splice(0));
  }

  async create(
    role: string,
    hostConfig: ContainerSpec['hostConfig'],
    argv: readonly string[],
    network?: ContainerSpec['network'],
  ): Promise<Container> {
    const container = await createContainer(this.#engine, { ...this.#spec(role), hostConfig, ...(network && { network }) }, argv);
    this.#made.push(container);
    return container;
  }

  /** Docker's own access to the limits, through short-lived containers. */
  limitsAccess(): LimitsAccess {
    const obstacle = limitsObstacle(this.#engine);
    if (obstacle !== undefined) return { host: here, obstacle, permission: '' };
    const spec = { ...this.#spec('guardian'), hostConfig: LIMITS_ACCESS };
    return { host: containerPerProcess(this.#engine, spec), obstacle, permission: 'Docker can change them through a container' };
  }

  #spec(role: string): Omit<ContainerSpec, 'hostConfig'> {
    return { name: `ctload-${this.#runId}-${role}`, runId: this.#runId, image: this.#image };
  }
}
