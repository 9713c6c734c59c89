import type { TimelineRecord } from '../model/timeline/sample.ts';
import { until } from '../platform/clock.ts';
import { CtloadError } from '../platform/errors.ts';
import type { Child, Exit, Host } from '../platform/exec.ts';
import { ExitCode } from '../platform/exit-codes.ts';
import { parseMessage } from '../platform/remote/messages.ts';

/** What a probe process is told on stdin. It answers `{"type":"ready"}`, then records, on stdout. */
export type Command = { readonly command: 'start'; readonly epoch: number } | { readonly command: 'stop' };

/** A probe process on one of the hosts. */
export interface RemoteProbe extends AsyncDisposable {
  /** As `Child.pid`. */
  readonly pid: number | undefined;
  /** Begins to record; times are relative to `epoch`, absolute CLOCK_MONOTONIC seconds, which may lie ahead. */
  start(epoch: number): void;
  /** Takes a last reading, waits until its records are here, and ends the process. */
  stop(): Promise<void>;
  /** Resolves, with the reason, when the process ends before it was told to. */
  readonly lost: Promise<string>;
}

const READY_TIMEOUT = 20; // a node start on an overloaded machine
const STOP_TIMEOUT = 10;

/**
 * Starts `argv` on `host` and resolves once it is ready to record.
 * @throws {CtloadError} exit 112 when it cannot run there, with what it said.
 */
export async function startRemoteProbe<Kept extends TimelineRecord>(
  host: Host,
  argv: readonly string[],
  what: string,
  onRecord: (record: Kept) => void,
): Promise<RemoteProbe> {
  const child = host.spawn(argv);
  let ready = false;
  let gone = false;
  child.onLine((line) => {
    const message = parseMessage<Kept | { readonly type: 'ready' }>(line);
    if (message?.type === 'ready') ready = true;
    else if (message !== undefined) onRecord(message);
  });
  const exited = child.exited.then((exit) => {
    gone = true;
    return exit;
  });
  if (!(await until(() => ready || gone, READY_TIMEOUT)) || gone) {
    child.kill('SIGKILL');
    throw notStarted(what, host.name, await exited);
  }
  return new Remote(child, exited, what, host.name);
}

class Remote implements RemoteProbe {
  readonly lost: Promise<string>;
  readonly #child: Child;
  readonly #exited: Promise<Exit>;
  #stopping = false;

  constructor(child: Child, exited: Promise<Exit>, what: string, hostName: string) {
    this.#child = child;
    this.#exited = exited;
    this.lost = new Promise((resolve) => {
      void exited.then((exit) => {
        if (!this.#stopping) resolve(`the ${what} on ${hostName} ended: ${howItEnded(exit)}`);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  start(epoch: number): void {
    this.#tell({ command: 'start', epoch });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#tell({ command: 'stop' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT * 1000);
    await this.#exited;
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #tell(command: Command): void {
    this.#child.write(JSON.stringify(command));
  }
}

function notStarted(what: string, hostName: string, exit: Exit): CtloadError {
  const unavailable = exit.stderr.includes('ENOENT') && exit.stderr.includes('nf_conntrack');
  return new CtloadError(`cannot start the ${what} on ${hostName}: ${howItEnded(exit)}`, {
    hint: unavailable ? 'load the kernel module: modprobe nf_conntrack' : 'run ctload doctor to see what this host lacks',
    exitCode: ExitCode.hostUnfit,
  });
}

function howItEnded(exit: Exit): string {
  const how = exit.signal === null ? `exit code ${exit.code}` : `killed by ${exit.signal}`;
  const said = /^\w*Error: .*$/m.exec(exit.stderr)?.[0] ?? exit.stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? how : `${how}: ${said}`;
}
