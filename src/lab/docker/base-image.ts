import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CtloadError, messageOf, throwIfAborted } from '../../platform/errors.ts';
import { endGroup, searchPath } from '../../platform/exec.ts';
import type { Log } from '../../platform/log.ts';
import { PACKAGE } from '../../platform/package.ts';
import { tailOf } from '../../platform/tail.ts';
import { findTool } from '../../platform/tools.ts';
import { type Engine, followed, statusOf } from './engine.ts';
import { DOCKERFILE } from './package-content.ts';

export const OFFLINE_BASE = 'ctload/base';
/** Makes a base image from Debian packages. */
export const SCRIPT = join(PACKAGE, 'docker/base-image.sh');

export interface BaseImage {
  readonly name: string;
  readonly id: string;
}

/**
 * The image that ctload is added to: the Dockerfile's own default, from the engine or its registry; without a registry, one made
 * here from Debian packages by docker/base-image.sh, which needs apt but not root.
 * @throws {CtloadError} exit 100 when neither is possible.
 */
export async function obtainBase(engine: Engine, log: Log, signal: AbortSignal): Promise<BaseImage> {
  const standard = /^ARG BASE_IMAGE=(\S+)/m.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1] ?? '';
  const present = (await findImage(engine, standard)) ?? (await findImage(engine, OFFLINE_BASE));
  if (present !== undefined) return present;
  try {
    log.info(`docker: pulling ${standard}`);
    await followed(engine, await engine.docker.pull(standard));
    return await existing(engine, standard);
  } catch (cause) {
    await makeOffline(engine, { standard, why: messageOf(cause), log, signal });
    return existing(engine, OFFLINE_BASE);
  }
}

export async function findImage({ docker }: Engine, name: string): Promise<BaseImage | undefined> {
  try {
    return { name, id: (await docker.getImage(name).inspect()).Id };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function existing(engine: Engine, name: string): Promise<BaseImage> {
  const image = await findImage(engine, name);
  if (image === undefined) throw new Error(`image ${name} is missing right after it was imported`);
  return image;
}

async function makeOffline(
  engine: Engine,
  { standard, why, log, signal }: { standard: string; why: string; log: Log; signal: AbortSignal },
): Promise<void> {
  throwIfAborted(signal); // a pull cannot be stopped
  if (findTool('apt-get') === undefined) {
    throw new CtloadError(
      `no image for the lab: cannot pull ${standard} (${why}), nor make one from Debian packages (apt-get is missing)`,
      { hint: `give the engine access to a registry, or on Debian or Ubuntu run: ${SCRIPT} | docker import - ${OFFLINE_BASE}` },
    );
  }
  log.info(`docker: no registry (${why}); making ${OFFLINE_BASE} from Debian packages`);
  const script = spawn(SCRIPT, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: searchPath(), NODE: process.execPath },
    detached: true,
  });
  const stop = () => endGroup(script.pid);
  signal.addEventListener('abort', stop, { once: true });
  const said = tailOf(script.stderr);
  const exited = new Promise<number | null>((resolve) => {
    script.on('error', () => resolve(127));
    script.on('close', resolve);
  });
  try {
    const imported = await engine.docker.importImage(script.stdout, { repo: OFFLINE_BASE });
    const [code] = await Promise.all([exited, followed(engine, imported)]);
    if (code === 0) return;
    await engine.docker
      .getImage(OFFLINE_BASE)
      .remove({ force: true })
      .catch(() => {}); // incomplete
    throw new CtloadError(`cannot make ${OFFLINE_BASE}: ${said().trim().split('\n').at(-1)}`, {
      hint: `give the engine access to a registry, or apt to a mirror; full output: ${SCRIPT} >/dev/null`,
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
