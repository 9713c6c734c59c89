import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Container } from 'dockerode';
import { Cleanup } from '../../../platform/cleanup.ts';
import { until } from '../../../platform/clock.ts';
import { CtloadError, messageOf, throwIfAborted } from '../../../platform/errors.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import type { Log } from '../../../platform/log.ts';
import { requireTools } from '../../../platform/tools.ts';
import { undoBuild } from '../../build.ts';
import { type ContainerSpec, containerPerProcess, createContainer, removeContainers } from '../containers.ts';
import { connectEngine, type Engine, statusOf } from '../engine.ts';
import { ensureImage } from '../image.ts';
import { isThisKernel, LIMITS_ACCESS, seemsElsewhere } from '../machine.ts';
import { commandContent, stageContent } from '../package-content.ts';
import { carriedEnvironment, carriedFiles } from './carried.ts';
import { ALIVE_SECONDS, ON_ENGINE } from './owner.ts';
import { packed, TAR, unpack } from './tar.ts';

/** What a command line writes, where it runs on another machine. */
export interface Outputs {
  /** More arguments for it, which name the places of what it would choose a place for. */
  readonly args: readonly string[];
  /** Files and folders that are wanted here. */
  readonly paths: readonly string[];
}

/** Runs a command line (Node, the script, its arguments) where its lab can be built, on this terminal; returns its exit code. */
export type Reentry = (argv: readonly string[], outputs: () => Outputs) => Promise<number>;

/** Where a container has the whole package, its path being as on any machine. */
const ROOT = '/opt/ctload';
const SOCKET = '/var/run/docker.sock';

/** As root on that machine: ctload changes its limits, reads its processes' namespaces and kernel log, gives its samplers priority. */
const FULL_ACCESS: ContainerSpec['hostConfig'] = {
  ...LIMITS_ACCESS,
  CapAdd: [...(LIMITS_ACCESS.CapAdd ?? []), 'SYS_PTRACE', 'SYS_NICE', 'SYSLOG', 'KILL'],
  AutoRemove: false, // its results are fetched when it has ended
  Mounts: [{ Type: 'bind', Source: SOCKET, Target: SOCKET }], // unlike in Binds, one that is missing is an error
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const END_SECONDS = 30;

/**
 * How a command line runs again on the engine's machine; undefined where that is this machine. Limits, clock, CPU and kernel log
 * are read from the kernel that ctload runs on, so it has to be the lab's.
 * @throws {CtloadError} exit 112 when there is no engine, 100 when it cannot have the image, 105 when a signal ended that.
 */
export async function engineReentry(log: Log): Promise<Reentry | undefined> {
  const engine = await connectEngine();
  if (!seemsElsewhere(engine)) return undefined;
  const abort = new AbortController();
  const image = await withSignals(
    () => abort.abort(),
    () => ensureImage(engine, log, abort.signal),
  ).catch((error: unknown) => {
    throwIfAborted(abort.signal);
    throw error;
  });
  if (await isThisKernel(containerPerProcess(engine, { ...specOf(image), hostConfig: {} }))) return undefined;
  return (argv, outputs) => runOnEngine({ engine, image, log }, argv, outputs());
}

function specOf(image: string): Pick<ContainerSpec, 'name' | 'runId' | 'image'> {
  return { name: `ctload-there-${process.pid}`, runId: `there-${process.pid}`, image };
}

/**
 * Runs a command line in a container on the engine's machine, with the files that it names, and fetches what it writes. It ends
 * when this process does.
 * @throws {CtloadError} exit 100 when it does not start, 101 when the engine is lost, 105 when a signal ended it before.
 */
export async function runOnEngine(
  { engine, image, log }: { readonly engine: Engine; readonly image: string; readonly log: Log },
  argv: readonly string[],
  outputs: Outputs = { args: [], paths: [] },
): Promise<number> {
  requireTools([TAR]);
  const abort = new AbortController();
  let pass = (_: NodeJS.Signals): void => abort.abort(); // until there is something to pass it to
  return withSignals(
    (signal) => pass(signal),
    async () => {
      log.info(`the Docker engine at ${engine.url} has a kernel of its own (${engine.machine.kernel}): ctload runs there`);
      const cleanup = new Cleanup();
      const work = async (): Promise<number> => {
        const container = await prepare(engine, image, [...argv.slice(2), ...outputs.args], cleanup);
        throwIfAborted(abort.signal);
        pass = (signal) => void container.kill({ signal }).catch(() => {}); // it has ended
        const code = await attached(container);
        for (const output of outputs.paths) await bring(container, resolve(output));
        return code;
      };
      const code = await work().catch(async (error: unknown) => {
        await cleanup[Symbol.asyncDispose]().catch(() => {}); // what went wrong first is what matters
        throw error;
      });
      await undoBuild(cleanup);
      return code;
    },
  );
}

/** A container that is ready to start, with ctload and the files that `args` name in it. */
async function prepare(engine: Engine, image: string, args: readonly string[], cleanup: Cleanup): Promise<Container> {
  const files = carriedFiles(args);
  const spec: ContainerSpec = {
    ...specOf(image),
    hostConfig: FULL_ACCESS,
    folder: process.cwd(),
    env: { ...carriedEnvironment(files), [ON_ENGINE]: '1', CTLOAD_DRIVER: 'docker', DOCKER_HOST: `unix://${SOCKET}` },
  };
  const container = await createContainer(engine, spec, ['node', join(ROOT, 'dist/cli.js'), ...args]).catch(explain);
  cleanup.defer('container of ctload', () => removeContainers([container]));
  await putPackage(container);
  const below = files.map((file) => file.slice(1));
  if (files.length > 0) await container.putArchive(packed('/', below), { path: '/' });
  return container;
}

async function putPackage(container: Container): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-package-'));
  try {
    stageContent(commandContent(true), join(folder, ROOT));
    await container.putArchive(packed(folder, [ROOT.slice(1)]), { path: '/' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts `container` on this terminal, and waits for its end. Returns its exit code. */
async function attached(container: Container): Promise<number> {
  const options = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
  const stream = (await container.attach(options)) as Duplex; // dockerode types it as readable or writable only
  const closed = new Promise<void>((done) => {
    for (const event of ['end', 'close', 'error']) stream.on(event, () => done());
  });
  container.modem.demuxStream(stream, process.stdout, process.stderr);
  await container.start().catch(explain);
  const alive = setInterval(() => stream.write('\n'), ALIVE_SECONDS * 1000);
  try {
    await closed;
    let code: number | undefined;
    await until(async () => {
      const { State } = await container.inspect();
      if (!State.Running) code = State.ExitCode;
      return !State.Running;
    }, END_SECONDS);
    if (code !== undefined) return code;
    throw new Error('it still runs');
  } catch (cause) {
    throw new CtloadError(`lost ctload on the engine's machine: ${messageOf(cause)}`, {
      hint: 'it ends by itself and restores what it changed; afterwards remove what is left with: ctload clean',
      exitCode: ExitCode.teardown,
      cause,
    });
  } finally {
    clearInterval(alive);
    stream.destroy();
  }
}

/** Brings a file or folder of the container here, to the same place; one that does not exist was not written. */
async function bring(container: Container, path: string): Promise<void> {
  try {
    const archive = await container.getArchive({ path });
    mkdirSync(dirname(path), { recursive: true });
    await unpack(archive, dirname(path));
  } catch (cause) {
    if (statusOf(cause) === 404) return;
    throw new CtloadError(`cannot fetch ${path} from the engine's machine: ${messageOf(cause)}`, { cause });
  }
}

function explain(cause: unknown): never {
  const noSocket = messageOf(cause).includes(SOCKET);
  throw new CtloadError(`ctload cannot run on the engine's machine: ${messageOf(cause)}`, {
    ...(noSocket ? { hint: `the engine has to listen on ${SOCKET} there, too` } : {}),
    exitCode: noSocket ? ExitCode.hostUnfit : ExitCode.setup,
    cause,
  });
}

/** Does `work`, in which signals do not end this process, but are passed to `onSignal`. */
async function withSignals<T>(onSignal: (signal: NodeJS.Signals) => void, work: () => Promise<T>): Promise<T> {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
