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
  /** What it says of the machine that it runs on. */
  readonly machine: { readonly name: string; readonly kernel: string };
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
    const docker = limitRequests(new Client(endpoint.options));
    const machine = { name: String(info.Name), kernel: String(info.KernelVersion) };
    return {
      docker,
      url: endpoint.url,
      version: Version,
      machine,
      rootless: options.some((option) => option.includes('name=rootless')),
    };
  } catch (error) {
    throw error instanceof CtloadError ? error : unreachable(endpoint, error);
  }
}

/** Seconds for the start of an answer: the engine needs some 10 s to end a container. */
const REQUEST_SECONDS = 60;
/** Requests whose answers may take as long as they like. */
const UNLIMITED = /\/(wait|build|images\/create|images\/load)\b/;

type Dial = (options: { path: string; abortSignal?: AbortSignal }, callback: (error: unknown, result?: unknown) => void) => void;

/** Makes requests fail that the engine does not answer, as one that is stopped does not: they would be waited for without end. */
function limitRequests(docker: Docker): Docker {
  const modem: { dial: Dial } = docker.modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    if (UNLIMITED.test(options.path)) {
      dial(options, callback);
      return;
    }
    const abort = new AbortController();
    const late = setTimeout(() => abort.abort(), REQUEST_SECONDS * 1000);
    dial({ ...options, abortSignal: abort.signal }, (error, result) => {
      clearTimeout(late);
      callback(abort.signal.aborted ? new Error(`no answer from the Docker engine in ${REQUEST_SECONDS} s`) : error, result);
    });
  };
  return docker;
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
    docker.modem.followProgress(progress, (error) => {
      const cutOff = 'complete' in progress && progress.complete === false;
      if (error || cutOff) reject(error ?? new Error('the connection to the Docker engine was lost'));
      else resolve();
    });
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
