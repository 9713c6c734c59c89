import { within } from '../clock.ts';
import { type Child, type Exit, endures, type Host } from '../exec.ts';
import type { ProgramName } from '../program.ts';
import { decode, type Failed, type Message, type Ready } from './protocol.ts';

/** Seconds. A program that is not ready by then will never be, however busy the machine. */
const READY_SECONDS = 120;
/** Seconds. A program exits at once when its stdin closes; after this it is killed. */
const CLOSE_SECONDS = 2;
/** Seconds until a killed program is given up: not even the kernel ends one that waits for a device. */
const KILLED_SECONDS = 10;

type Outcome<R extends Ready> = { readonly ready: R } | { readonly reason: string };

/** One of ctload's programs on a host, as its owner sees it. */
export class RemoteProcess<Command extends Message, Reply extends Message, R extends Ready = Ready> implements AsyncDisposable {
  /** Resolves, never rejects, with one sentence when the process ends before its owner asked it to. */
  readonly lost: Promise<string>;
  readonly exited: Promise<Exit>;
  readonly #child: Child;
  /** `agent on client` */
  readonly #name: string;
  readonly #started: Promise<Outcome<R>>;
  /** Calls of `ask` without an answer yet, oldest first. */
  readonly #waiting: ((reply: Reply) => void)[] = [];
  #settle: ((outcome: Outcome<R>) => void) | undefined;
  #listener: (message: Reply) => void = () => {};
  #closing = false;

  /** Starts the program; `args` and `under` as for `Host.program`. */
  constructor(host: Host, program: ProgramName, args: readonly string[] = [], under: readonly string[] = []) {
    this.#name = `${program} on ${host.name}`;
    this.#child = host.program(program, args, under);
    this.exited = this.#child.exited;
    this.#started = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#child.onLine((line) => {
      const message = decode<Reply | R | Failed>(line);
      if (message !== undefined) this.#receive(message);
    });
    this.lost = new Promise((resolve) => {
      void this.exited.then((exit) => {
        this.#settle?.({ reason: howItEnded(exit) });
        if (!this.#closing) resolve(`${this.#describe()} ended: ${howItEnded(exit)}`);
      });
    });
  }

  /** As `Child.pid`. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Passes every message after `ready` to `listener`, except answers to `ask`. Call it before the first command. */
  listen(listener: (message: Reply) => void): void {
    this.#listener = listener;
  }

  send(command: Command): void {
    this.#child.write(JSON.stringify(command));
  }

  /** Sends `command` and resolves with the next message; undefined when the process ends before it, or needs more than `seconds`. */
  async ask(command: Command, seconds?: number): Promise<Reply | undefined> {
    let reply: Reply | undefined;
    const answered = new Promise<void>((resolve) => {
      this.#waiting.push((message) => {
        reply = message;
        resolve();
      });
    });
    this.send(command);
    const over = Promise.race([answered, this.exited]);
    await (seconds === undefined ? over : within(over, seconds));
    return reply;
  }

  /**
   * The program's `ready` message.
   * @throws {Error} naming the process and why it was not ready within `seconds`; CtloadError exit 105 as `endures`.
   */
  async ready(seconds = READY_SECONDS): Promise<R> {
    let outcome: Outcome<R> = { reason: `not ready after ${seconds} s` };
    const settled = this.#started.then((started) => {
      outcome = started;
    });
    await endures(settled, seconds);
    return this.#readyOf(outcome);
  }

  /** Closes stdin, or sends `command` instead, and waits until the process has ended; kills it after `seconds`. */
  async close({ command, seconds = CLOSE_SECONDS }: { command?: Command; seconds?: number } = {}): Promise<void> {
    this.#closing = true;
    if (command === undefined) this.#child.end();
    else this.send(command);
    if (!(await within(this.exited, seconds))) await this.kill();
  }

  /** Closes stdin and waits until the process has ended by itself, however long that takes. */
  async finish(): Promise<Exit> {
    this.#closing = true;
    this.#child.end();
    return this.exited;
  }

  /** Kills the process and waits until it has ended; the kernel closes its connections. */
  async kill(): Promise<void> {
    this.#closing = true;
    this.#child.kill('SIGKILL');
    await within(this.exited, KILLED_SECONDS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #receive(message: Reply | R | Failed): void {
    const settle = this.#settle;
    if (settle === undefined || (message.type !== 'ready' && message.type !== 'failed')) {
      (this.#waiting.shift() ?? this.#listener)(message as Reply);
      return;
    }
    this.#settle = undefined;
    settle(message.type === 'ready' ? { ready: message as R } : { reason: (message as Failed).message });
  }

  #readyOf(outcome: Outcome<R>): R {
    if ('ready' in outcome) return outcome.ready;
    throw new Error(`${this.#describe()}: ${outcome.reason}`);
  }

  /** `agent on client (pid 123)` */
  #describe(): string {
    return this.pid === undefined ? this.#name : `${this.#name} (pid ${this.pid})`;
  }
}

/** `killed by SIGKILL`, or `exit code 1` and the error it died of. */
function howItEnded({ code, signal, stderr }: Exit): string {
  const how = signal !== null ? `killed by ${signal}` : code !== null ? `exit code ${code}` : 'lost';
  const said = /^\w*Error\b.*: .*$/m.exec(stderr)?.[0] ?? stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? how : `${how}: ${said}`;
}
