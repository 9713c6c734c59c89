import type Docker from 'dockerode';
import { CtloadError, errnoOf, messageOf } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { findTool } from '../../platform/tools.ts';
import { type EngineEndpoint, findEndpoint } from './endpoint.ts';

/** A Docker engine that answers requests. */
export interface Engine {
  readonly docker: Docker;
  /** Its address, e.g. `unix:///var/run/docker.sock`. */
  readonly url: string;
  readonly version: string;
  /** Whether it runs in a user namespace: it cannot change host-wide settings then. */
  readonly rootless: boolean;
}

/** Docker 20.10, the oldest engine ctload is tested with. */
const OLDEST_API = '1.41';

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Connects to the engine that the environment names.
 * @throws {CtloadError} exit 112 when there is none, it may not be used, or it is too old.
 */
export async function connectEngine(endpoint: EngineEndpoint = findEndpoint()): Promise<Engine> {
  const { default: Client } = await import('dockerode');
  const greeting = { ...endpoint.options, connectionTimeout: ANSWER_TIMEOUT_MS }; // not for requests that may take long
  const greeter = new Client(greeting);
  try {
    const [{ ApiVersion, Version }, info] = await Promise.all([greeter.version(), greeter.info()]);
    if (compareVersions(ApiVersion, OLDEST_API) < 0) {
      throw new CtloadError(`the Docker engine at ${endpoint.url} is too old: ${Version} (API ${ApiVersion})`, {
        hint: `update it to Docker 20.10 (API ${OLDEST_API}) or newer`,
        exitCode: ExitCode.hostUnfit,
      });
    }
    const options: readonly string[] = info.SecurityOptions ?? [];
    const docker = new Client(endpoint.options);
    return { docker, url: endpoint.url, version: Version, rootless: options.some((option) => option.includes('name=rootless')) };
  } catch (error) {
    throw error instanceof CtloadError ? error : unreachable(endpoint, error);
  }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  return (left?.[0] ?? 0) - (right?.[0] ?? 0) || (left?.[1] ?? 0) - (right?.[1] ?? 0);
}

/** HTTP status of an error answer (docker-modem); undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Whether an error came from the engine, or from the connection to it. */
export function isEngineError(error: unknown): boolean {
  return statusOf(error) !== undefined || (error instanceof Error && 'syscall' in error);
}

/** Waits for the end of an operation that the engine reports step by step. @throws {Error} with its message, when it fails. */
export async function followed({ docker }: Engine, progress: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
  });
}

/** Waits for a removal; something that is already removed, or being removed, is not an error. */
export async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (![304, 404, 409].includes(statusOf(error) ?? 0)) throw error;
  }
}

function unreachable({ url, options }: EngineEndpoint, cause: unknown): CtloadError {
  const socket = options.socketPath;
  const facets = (hint: string) => ({ hint, exitCode: ExitCode.hostUnfit, cause });
  switch (errnoOf(cause)) {
    case 'EACCES':
      return new CtloadError(
        `no permission to use Docker (${socket})`,
        facets('join its group and log in again: sudo usermod -aG docker $USER; or run ctload with sudo'),
      );
    case 'ENOENT':
      return new CtloadError(
        `Docker engine not found (${socket} does not exist)`,
        facets(
          findTool('dockerd') !== undefined
            ? 'start it: sudo systemctl start docker; or set DOCKER_HOST to another'
            : 'install one (apt-get install docker.io, or docs.docker.com/engine/install), or set DOCKER_HOST to one',
        ),
      );
    case 'ECONNREFUSED':
    case 'ECONNRESET': // docker-modem's error for ANSWER_TIMEOUT_MS
      return new CtloadError(
        `no answer from the Docker engine at ${url}`,
        facets('start it: sudo systemctl start docker; or set DOCKER_HOST to another'),
      );
    default:
      return new CtloadError(
        `cannot use the Docker engine at ${url}: ${messageOf(cause).trim()}`,
        facets('check DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH and the context (docker context ls)'),
      );
  }
}
