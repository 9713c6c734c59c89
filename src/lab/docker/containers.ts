import type { Duplex } from 'node:stream';
import type { Container, ContainerCreateOptions, EndpointSettings } from 'dockerode';
import { isIpv6 } from '../../model/input/address-family.ts';
import { delay, until } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import { type Child, CommandError, type Host, hostBy } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { childOf, type Session } from './child.ts';
import { containerHost } from './container-host.ts';
import { type Engine, statusOf, unlessGone } from './engine.ts';
import { ownLabels } from './labels.ts';
import { IN_IMAGE } from './package-content.ts';

export interface ContainerSpec {
  readonly name: string;
  readonly runId: string;
  readonly image: string;
  readonly hostConfig: NonNullable<ContainerCreateOptions['HostConfig']>;
  /** Name of the network to join first, and the addresses there, one of a family. */
  readonly network?: { readonly name: string; readonly addresses: readonly string[] };
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory. */
  readonly folder?: string;
}

const GONE_TIMEOUT = 30; // seconds
const POLL = 0.1; // seconds

/** Makes container names unique within this process: a removed container keeps its name for a moment. */
let count = 0;

/** A container whose first process runs `argv` with its stdin from here: it ends when ctload ends, and removes itself. */
export async function createContainer({ docker }: Engine, spec: ContainerSpec, argv: readonly string[]): Promise<Container> {
  const { network } = spec;
  return docker.createContainer({
    name: spec.name,
    Image: spec.image,
    Cmd: [...argv],
    Labels: { ...ownLabels(spec.runId) },
    ...(spec.env === undefined ? {} : { Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`) }),
    ...(spec.folder === undefined ? {} : { WorkingDir: spec.folder }),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      Init: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ...(network === undefined ? {} : { NetworkMode: network.name }),
      ...spec.hostConfig,
    },
    ...(network === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network.name]: endpointAt(network.addresses) } } }),
  });
}

/** How a container joins a network with these addresses. */
export function endpointAt(addresses: readonly string[]): EndpointSettings {
  const named = addresses.map((address) => [isIpv6(address) ? 'IPv6Address' : 'IPv4Address', address]);
  return { IPAMConfig: Object.fromEntries(named) };
}

/** Starts a created container, attached to its first process. */
function spawnContainer(container: Container, command: string): Child {
  return childOf(command, () => openContainer(container));
}

async function openContainer(container: Container): Promise<Session> {
  const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  const ended = settled(container.wait({ condition: 'removed' })); // all remove themselves
  await container.start();
  return {
    stream: stream as Duplex, // dockerode types it as readable or writable only
    pid: async () => undefined, // not needed
    demux: (stdout, stderr) => container.modem.demuxStream(stream, stdout, stderr),
    exitCode: async () => {
      // The engine starts its answer at once: when it is killed, what is missing never comes, and no error either.
      while (ended.result === undefined) {
        await isGone(container); // throws when the engine is gone
        await delay(POLL);
      }
      return (await ended.result).StatusCode;
    },
    kill: (signal) => unlessGone(container.kill({ signal })),
  };
}

/** A promise that can be looked at: `result` is it once it has settled. */
function settled<T>(promise: Promise<T>): { readonly result: Promise<T> | undefined } {
  const state: { result: Promise<T> | undefined } = { result: undefined };
  const done = () => {
    state.result = promise;
  };
  promise.then(done, done);
  return state;
}

/** A Host that makes a container for every process and removes it with the process. */
export function containerPerProcess(engine: Engine, spec: ContainerSpec): Host {
  const spawn = (argv: readonly string[]): Child =>
    childOf(argv.join(' '), async () => {
      const container = await createContainer(engine, { ...spec, name: `${spec.name}-${process.pid}-${++count}` }, argv);
      try {
        return await openContainer(container);
      } catch (error) {
        await unlessGone(container.remove({ force: true }));
        throw error;
      }
    });
  return hostBy(spec.name, spawn, IN_IMAGE);
}

/** A running container as a Host. */
export interface ContainerHost extends Host {
  /** Closes the stdin of its first process and waits until the container is gone. @throws {Error} when that process failed. */
  leave(): Promise<void>;
}

/**
 * Starts a created container and waits until processes can be started in it.
 * @throws {CtloadError} exit 100 with what the engine said.
 */
export async function startContainer(container: Container, name: string): Promise<ContainerHost> {
  const child = spawnContainer(container, name);
  const running = await Promise.race([child.exited, until(() => isRunning(container), GONE_TIMEOUT)]);
  if (running !== true) {
    throw new CtloadError(
      `the container ${name} did not start: ${running === false ? `not running after ${GONE_TIMEOUT} s` : running.stderr}`,
      {
        hint: 'check the engine: journalctl -u docker, or docker events',
      },
    );
  }
  const leave = async () => {
    child.end();
    const exit = await child.exited;
    if (exit.code !== 0) throw new CommandError(child.command, exit);
  };
  return { ...containerHost(container, name), leave };
}

async function isRunning(container: Container): Promise<boolean> {
  return (await container.inspect()).State.Running;
}

/** Whether containers removed themselves, as they do once their owner is gone. */
export function haveLeft(containers: readonly Container[], timeoutSeconds: number): Promise<boolean> {
  return until(async () => (await Promise.all(containers.map(isGone))).every(Boolean), timeoutSeconds, 0.1);
}

/** Kills and removes containers; those that no longer exist are not an error. @throws {CtloadError} exit 101 naming what is left. */
export async function removeContainers(containers: readonly Container[]): Promise<void> {
  await Promise.all(containers.map((container) => unlessGone(container.remove({ force: true, v: true }))));
  for (const container of containers) {
    if (await until(() => isGone(container), GONE_TIMEOUT)) continue;
    throw new CtloadError(`could not remove container ${container.id}`, {
      hint: 'try again with: ctload clean',
      exitCode: ExitCode.teardown,
    });
  }
}

/** Whether the engine no longer has a container. @throws {Error} when it does not answer. */
export async function isGone(container: Container): Promise<boolean> {
  try {
    await container.inspect();
    return false;
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    return statusOf(error) === 404;
  }
}
