import { readFileSync } from 'node:fs';
import { within } from '../clock.ts';
import { type Child, type Exit, endures, type Host, type Machine } from '../exec.ts';
import type { ProgramName } from '../program.ts';
import { type Alive, decode, type Failed, type Message, type Ready } from './protocol.ts';
import { SilenceWatch } from './silence.ts';

/** Seconds. A program that is not ready by then will never be, however busy the machine. */
const READY_SECONDS = 120;
/** Seconds. A program that is ready and then says nothing for so long is stopped, or hangs; see SilenceWatch. */
const SILENT_SECONDS = 60;
/** Seconds. A program exits at once when its stdin closes; after this it is killed. */
const CLOSE_SECONDS = 2;
/** Seconds until a killed program is given up: not even the kernel ends one that waits for a device. */
const KILLED_SECONDS = 10;

type Outcome<R extends Ready> = { readonly ready: R } | { readonly reason: string };

/** One of ctload's programs on a host, as its owner sees it. */
export class RemoteProcess<Command extends Message, Reply extends Message, R extends Ready = Ready> implements AsyncDisposable {
  /**
   * Resolves, never rejects, with one sentence when the process ends before its owner asked it to, or has been killed because it
   * gave no sign of life.
   */
  readonly lost: Promise<string>;
  /** As `Child.exited`; also resolves when a process that gives no sign of life cannot be killed. */
  readonly exited: Promise<Exit>;
  /** Where it runs. */
  readonly machine: Machine;
  /** Name of its host. */
  readonly host: string;
  /** Whether its owner's work goes on without it. */
  readonly expendable: boolean;
  readonly #child: Child;
  readonly #where: string;
  readonly #started: Promise<Outcome<R>>;
  /** Calls of `ask` without an answer yet, oldest first. */
  readonly #waiting: ((reply: Reply) => void)[] = [];
  #settle: ((outcome: Outcome<R>) => void) | undefined;
  #listener: (message: Reply) => void = () => {};
  #closing = false;
  /** From `ready` on. */
  #watch: SilenceWatch | undefined;
  #lose: (sentence: string) => void = () => {};
  #giveUp: (exit: Exit) => void = () => {};

  /** Starts the program; `args` and `under` as for `Host.program`. */
  constructor(host: Host, program: ProgramName, args: readonly string[] = [], under: readonly string[] = []) {
    this.machine = host.machine;
    this.host = host.name;
    this.expendable = host.expendable ?? false;
    this.#where = `${program} on ${host.name}`;
    this.#child = host.program(program, args, under);
    const givenUp = new Promise<Exit>((resolve) => {
      this.#giveUp = resolve;
    });
    this.exited = Promise.race([this.#child.exited, givenUp]);
    this.#started = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#child.onLine((line) => {
      this.#watch?.heard();
      const message = decode<Reply | R | Failed | Alive>(line);
      if (message !== undefined && !isAlive(message)) this.#receive(message);
    });
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    void this.exited.then((exit) => {
      this.#watch?.[Symbol.dispose]();
      this.#settle?.({ reason: howItEnded(exit) });
      if (!this.#closing) this.#lose(`${this.name} ended: ${howItEnded(exit)}`);
    });
  }

  /** As `Child.pid`. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** `agent on client (pid 123)` */
  get name(): string {
    return this.pid === undefined ? this.#where : `${this.#where} (pid ${this.pid})`;
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

  /**
   * Closes stdin, or sends `command` instead, and waits until the process has ended; kills it after `seconds`. Returns whether that
   * was not necessary.
   */
  async close({ command, seconds = CLOSE_SECONDS }: { command?: Command; seconds?: number } = {}): Promise<boolean> {
    this.#closing = true;
    if (command === undefined) this.#child.end();
    else this.send(command);
    const ended = await within(this.exited, seconds);
    if (!ended) await this.kill();
    return ended;
  }

  /** Closes stdin and waits until the process has ended by itself, however long that takes. */
  async finish(): Promise<Exit> {
    this.#closing = true;
    this.#child.end();
    return this.exited;
  }

  /** Kills the process and waits until it has ended, and returns whether it has; the kernel closes its connections. */
  async kill(): Promise<boolean> {
    this.#closing = true;
    this.#child.kill('SIGKILL');
    return within(this.exited, KILLED_SECONDS);
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
    if (message.type === 'ready') this.#watch = new SilenceWatch(SILENT_SECONDS, () => void this.#endSilent());
    settle(message.type === 'ready' ? { ready: message as R } : { reason: (message as Failed).message });
  }

  /** Kills the process, which has given no sign of life: that also ends one that is stopped. */
  async #endSilent(): Promise<void> {
    const asked = this.#closing;
    const how = `gave no sign of life for ${SILENT_SECONDS} s${isStopped(this.pid) ? ' (a signal had stopped it)' : ''}`;
    const killed = await this.kill();
    this.#giveUp({ code: null, signal: null, stderr: how });
    if (!asked) this.#lose(`${this.name} ${how} and ${killed ? 'was' : 'could not be'} killed`);
  }

  #readyOf(outcome: Outcome<R>): R {
    if ('ready' in outcome) return outcome.ready;
    throw new Error(`${this.name}: ${outcome.reason}`);
  }
}

function isAlive(message: Message): message is Alive {
  return message.type === 'alive';
}

/** Whether a process waits for SIGCONT, as far as that can be seen from here (state T of /proc/PID/stat). */
function isStopped(pid: number | undefined): boolean {
  try {
    return pid !== undefined && /^\d+ \(.*\) T /s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** `killed by SIGKILL`, or `exit code 1` and the error it died of. */
export function howItEnded({ code, signal, stderr }: Exit): string {
  const how = signal !== null ? `killed by ${signal}` : code !== null ? `exit code ${code}` : 'lost';
  const said = /^\w*Error\b.*: .*$/m.exec(stderr)?.[0] ?? stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? how : `${how}: ${said}`;
}
