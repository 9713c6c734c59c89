import { type ChildProcessWithoutNullStreams, spawn as nodeSpawn } from 'node:child_process';
import { errnoOf } from './errors.ts';
import { eachLine } from './lines.ts';
import { tailOf } from './tail.ts';

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of stderr, see `tailOf`. */
  readonly stderr: string;
}

/** A running process that speaks lines (often NDJSON) over stdio. */
export interface Child {
  /** On this machine; undefined while that is not known. */
  readonly pid: number | undefined;
  /** The command as typed, for messages. */
  readonly command: string;
  /** Resolves when the process is gone and its streams are closed; never rejects. */
  readonly exited: Promise<Exit>;
  onLine(listener: (line: string) => void): void;
  /** Writes one line to stdin; silently dropped once the process is gone. */
  write(line: string): void;
  /** Closes stdin: every ctload process takes that as "your owner is gone, end now". */
  end(): void;
  kill(signal?: NodeJS.Signals): void;
}

/** A place where processes can be started: a namespace, a container, this machine. */
export interface Host {
  readonly name: string;
  spawn(argv: readonly string[], options?: SpawnOptions): Child;
}

const SBIN = '/usr/local/sbin:/usr/sbin:/sbin'; // a plain user's PATH lacks ip, nft and conntrack

export function searchPath(): string {
  return `${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:${SBIN}`;
}

/**
 * Starts `argv` without a shell, in a process group of its own so that a Ctrl-C at the terminal reaches only ctload.
 * A command that cannot be started exits with code 127 (126 when it may not be executed), like a shell's.
 */
export function spawn(argv: readonly string[], options: SpawnOptions = {}): Child {
  const [file = '', ...args] = argv;
  const child = nodeSpawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, PATH: searchPath(), ...options.env },
  });
  child.stdin.on('error', () => {}); // EPIPE: `exited` tells
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
      child.kill(signal);
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

/** A command that ended badly, with the evidence attached. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly command: string;
  readonly exit: Exit;

  constructor(command: string, exit: Exit) {
    const how = exit.signal === null ? `failed with exit code ${exit.code}` : `was ended by ${exit.signal}`;
    super(`command ${how}: ${command}${exit.stderr.trim() === '' ? '' : `: ${exit.stderr.trim()}`}`);
    this.command = command;
    this.exit = exit;
  }
}

/** This machine, as a Host. */
export const here: Host = { name: 'host', spawn };

/**
 * Runs `argv` on `host` to its end and returns stdout.
 * @throws {CommandError} when the exit code is not 0.
 */
export async function execute(
  argv: readonly string[],
  options: SpawnOptions & { input?: string; host?: Host } = {},
): Promise<string> {
  const child = (options.host ?? here).spawn(argv, options);
  const lines: string[] = [];
  child.onLine((line) => lines.push(line));
  if (options.input !== undefined) child.write(options.input);
  child.end();
  const exit = await child.exited;
  if (exit.code !== 0) throw new CommandError(child.command, exit);
  return lines.join('\n');
}

/** Asks a process started in a group of its own, and all it has started, to end; one that is gone, or never was, is no error. */
export function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGTERM');
  } catch {} // gone meanwhile
}
