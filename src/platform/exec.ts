import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcessWithoutNullStreams, spawn as nodeSpawn } from 'node:child_process';
import { within } from './clock.ts';
import { errnoOf, throwIfAborted } from './errors.ts';
import { eachLine } from './lines.ts';
import { type Installation, type ProgramName, programCommand } from './program.ts';
import { tailOf } from './tail.ts';

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
}

/** With neither code nor signal it is not known how the process ended, or whether: `stderr` says why. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of stderr, see `tailOf`. */
  readonly stderr: string;
}

/** `failed with exit code 1`, `was killed by SIGKILL` or `was lost`. */
export function howItEnded({ code, signal }: Exit): string {
  if (signal !== null) return `was killed by ${signal}`;
  return code === null ? 'was lost' : `failed with exit code ${code}`;
}

/** A running process that speaks lines (often NDJSON) over stdio. */
export interface Child {
  /** Process id on this machine; undefined while it is not known. */
  readonly pid: number | undefined;
  /** The command as typed, for messages. */
  readonly command: string;
  /** Resolves when the process is gone and its streams are closed; never rejects. */
  readonly exited: Promise<Exit>;
  onLine(listener: (line: string) => void): void;
  /** Writes one line to stdin; silently dropped once the process is gone. */
  write(line: string): void;
  /** Closes stdin, by which every ctload program learns that its owner is gone and exits. */
  end(): void;
  /** On this machine, with all that it has started and that did not leave its process group. */
  kill(signal?: NodeJS.Signals): void;
}

/** One kernel, which the hosts on it share: its clock, its CPUs, its limits. */
export interface Machine {
  /** Name in records; `main` is the machine that ctload runs on. */
  readonly id: string;
  /** Seconds of its CLOCK_MONOTONIC at the moment that this machine's clock shows as `t`. */
  toLocal(t: number): number;
}

/** The machine that ctload runs on. */
export const MAIN: Machine = { id: 'main', toLocal: (t) => t };

/** A place where processes can be started: a namespace, a container, this machine. */
export interface Host {
  readonly name: string;
  /** What it is on. */
  readonly machine: Machine;
  /** Whether a load goes on without it. */
  readonly expendable?: boolean;
  spawn(argv: readonly string[], options?: SpawnOptions): Child;
  /** Starts one of ctload's own programs; `under` is a command that executes it, such as flock. */
  program(name: ProgramName, args?: readonly string[], under?: readonly string[]): Child;
}

/** A Host that starts everything by `start`; `installation` says where ctload is there, by default where it is here, on `machine`. */
export function hostBy(name: string, start: Host['spawn'], installation?: Installation, machine: Machine = MAIN): Host {
  return {
    name,
    machine,
    spawn: start,
    program: (program, args = [], under = []) => start([...under, ...programCommand(program, args, installation)]),
  };
}

/** Where processes of `host` are started by `command`, such as nsenter, as a Host of its own. */
export function hostWithin(host: Host, name: string, command: readonly string[]): Host {
  return {
    name,
    machine: host.machine,
    spawn: (argv, options) => host.spawn([...command, ...argv], options),
    program: (program, args, under = []) => host.program(program, args, [...command, ...under]),
  };
}

/** A Host on this machine; `through` is the command that enters it, such as nsenter. */
export function localHost(name: string, through: readonly string[] = []): Host {
  return hostBy(name, (argv, options) => spawn([...through, ...argv], options));
}

const SBIN = '/usr/local/sbin:/usr/sbin:/sbin'; // a plain user's PATH lacks ip, nft and conntrack

export function searchPath(): string {
  return `${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:${SBIN}`;
}

/**
 * Starts `argv` without a shell, in its own process group, so that a Ctrl-C at the terminal reaches only ctload.
 * A command that cannot be started exits with code 127 (126 when it may not be executed), like a shell's.
 */
export function spawn(argv: readonly string[], options: SpawnOptions = {}): Child {
  const [file = '', ...args] = argv;
  const child = nodeSpawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: searchPath(), ...options.env },
  });
  child.stdin.on('error', () => {}); // EPIPE: `exited` reports it
  let closed = false;
  child.on('close', () => {
    closed = true;
  });
  return {
    pid: child.pid,
    command: argv.join(' '),
    exited: exitOf(child),
    onLine: (listener) => eachLine(child.stdout, listener),
    write: (line) => {
      if (child.stdin.writable) child.stdin.write(`${line}\n`);
    },
    end: () => child.stdin.end(),
    kill: (signal = 'SIGTERM') => {
      if (!closed) endGroup(child.pid, signal);
    },
  };
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<Exit> {
  const stderr = tailOf(child.stderr);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined)
        resolve({ code: errnoOf(error) === 'ENOENT' ? 127 : 126, signal: null, stderr: error.message });
    });
    child.on('close', (code, signal) => resolve({ code, signal, stderr: stderr() }));
  });
}

/** A command that failed, with what it wrote to stderr. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly command: string;
  readonly exit: Exit;

  constructor(command: string, exit: Exit, how = howItEnded(exit)) {
    super(`command ${how}: ${command}${exit.stderr.trim() === '' ? '' : `: ${exit.stderr.trim()}`}`);
    this.command = command;
    this.exit = exit;
  }
}

/** This machine, as a Host. */
export const here: Host = localHost('host');

const interruption = new AsyncLocalStorage<{ readonly signal: AbortSignal; readonly interrupted: Promise<void> }>();

/** Does `work`, in which `execute` and `endures` no longer wait once `signal` is aborted. */
export async function interruptible<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
  });
  try {
    return await interruption.run({ signal, interrupted }, work);
  } finally {
    over.abort();
  }
}

/**
 * Waits for `promise`, which never rejects, at most `seconds`; returns whether it was in time.
 * @throws {CtloadError} exit 105 as soon as the work that this is part of is interrupted.
 */
export async function endures(promise: Promise<unknown>, seconds: number): Promise<boolean> {
  const part = interruption.getStore();
  if (part === undefined) return within(promise, seconds);
  throwIfAborted(part.signal);
  const inTime = await within(Promise.race([promise, part.interrupted]), seconds);
  throwIfAborted(part.signal);
  return inTime;
}

/** Seconds that a command may take. Those with the most to do, on the largest tables, need some 20 s. */
const COMMAND_SECONDS = 60;
/** Seconds until a killed command is given up, which the kernel cannot end. */
const KILLED_SECONDS = 2;

/**
 * Runs `argv` on `host` to its end, `seconds` at most, and returns stdout. One that hangs is killed with all it has started.
 * @throws {CommandError} when the exit code is not 0, or it took too long; CtloadError exit 105 as `endures`.
 */
export async function execute(
  argv: readonly string[],
  options: SpawnOptions & { input?: string; host?: Host; seconds?: number } = {},
): Promise<string> {
  const { seconds = COMMAND_SECONDS } = options;
  const child = (options.host ?? here).spawn(argv, options);
  const lines: string[] = [];
  child.onLine((line) => lines.push(line));
  if (options.input !== undefined) child.write(options.input);
  child.end();
  let inTime = false;
  try {
    inTime = await endures(child.exited, seconds);
  } finally {
    if (!inTime) {
      child.kill('SIGKILL');
      await within(child.exited, KILLED_SECONDS);
    }
  }
  if (!inTime) {
    throw new CommandError(child.command, { code: null, signal: null, stderr: '' }, `did not finish within ${seconds} s`);
  }
  const exit = await child.exited;
  if (exit.code !== 0) throw new CommandError(child.command, exit);
  return lines.join('\n');
}

/** Sends a signal to a process that leads its own process group, and to all of that group. A group that no longer exists is not an error. */
export function endGroup(leader: number | undefined, signal: NodeJS.Signals = 'SIGTERM'): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {} // gone meanwhile
}
