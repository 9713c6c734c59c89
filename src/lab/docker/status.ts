import { CtloadError } from '../../platform/errors.ts';
import type { Check } from '../checks.ts';
import { findImage } from './base-image.ts';
import { connectEngine } from './engine.ts';
import { IMAGE } from './image.ts';
import { limitsObstacle, seemsElsewhere } from './machine.ts';

export interface DockerStatus {
  readonly reachable: boolean;
  /** Address, version and image of the engine, or why it cannot be used. */
  readonly detail: string;
  /** Only when not reachable. */
  readonly remedy?: string;
}

/** Whether the docker driver has a usable engine. */
export async function dockerStatus(): Promise<DockerStatus> {
  try {
    const engine = await connectEngine();
    const limits = limitsObstacle(engine) ?? 'methods sysctl and ballast';
    const { name, kernel } = engine.machine;
    const elsewhere = seemsElsewhere(engine) ? ` on ${name} (kernel ${kernel}; ctload runs there if that is another kernel)` : '';
    const image =
      (await findImage(engine, IMAGE)) === undefined ? `${IMAGE} will be built on first use` : `image ${IMAGE} is present`;
    return { reachable: true, detail: `Docker ${engine.version} at ${engine.url}${elsewhere}; ${limits}; ${image}` };
  } catch (error) {
    if (!(error instanceof CtloadError)) throw error;
    return { reachable: false, detail: error.message, ...(error.hint === undefined ? {} : { remedy: error.hint }) };
  }
}

/** `dockerStatus` as a line of `ctload doctor`. */
export async function checkDocker(): Promise<Check> {
  const { reachable, detail, remedy } = await dockerStatus();
  return { name: 'driver docker', ok: reachable, detail, ...(remedy === undefined ? {} : { remedy }) };
}
