import { monotonic, within } from '../../platform/clock.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { type Child, type Exit, type Host, hostBy, type Machine, type SpawnOptions } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Installation } from '../../platform/program.ts';
import { decode, type Ready } from '../../platform/remote/protocol.ts';
import type { ClockReading, OtherClock } from '../lab.ts';
import { IN_GUEST } from './guest-files.ts';
import type { GuestCommand, GuestReply } from './guest-messages.ts';

/** Seconds. Translated, on a busy machine, a guest takes about ten. */
const BOOT_SECONDS = 90;
/** Seconds. A guest that is busy, translated and on a busy machine answers within two; one whose kernel hangs never does. */
const ANSWER_SECONDS = 30;
/** Seconds. Every answer takes CPU time from a guest that is translated. */
const ASK_SECONDS = 2;
/** Round trips of which the shortest says most about the clocks. */
const ROUND_TRIPS = 50;

interface Running {
  onLines(lines: readonly string[]): void;
  exit(exit: Exit): void;
}

/** What a machine is that a process of ctload runs in, and speaks for. */
export interface GuestKind {
  /** For messages. */
  readonly what: string;
  /** What else there is to say when it does not answer any more. */
  readonly hung: string;
  readonly installation: Installation;
  /** What to do when it does not boot. */
  readonly hint: string;
  /** Seconds between two signs of life that it is asked for. */
  readonly askSeconds: number;
}

const VIRTUAL: GuestKind = {
  what: 'the guest',
  hung: "the guest's kernel hangs",
  installation: IN_GUEST,
  hint: 'see what it can run with: ctload doctor; lab.vm.accel: tcg is slower, but needs nothing of the processor',
  askSeconds: ASK_SECONDS,
};

/** A machine of its own, virtual or a pod, with a process of ctload in it. */
export class Guest implements AsyncDisposable {
  /** Resolves, never rejects, with one sentence when the machine ends before it was disposed of. */
  readonly lost: Promise<string>;
  readonly machine: Machine;
  readonly #machine: Child;
  readonly #running = new Map<number, Running>();
  readonly #asked = new Map<number, (at: number) => void>();
  readonly #ready: Promise<void>;
  #offset = 0;
  #next = 0;
  #ended = false;
  #hung = false;
  /** How a process ends whose machine has ended. */
  #gone: Exit | undefined;
  readonly #answerSeconds: number;
  readonly #kind: GuestKind;

  /**
   * @param machine what has ctload's process in the guest on its stdin and stdout: QEMU with a port, a connection to a pod
   * @param id name in records
   * @param answerSeconds how long it may take to answer
   */
  constructor(machine: Child, id: string, answerSeconds = ANSWER_SECONDS, kind = VIRTUAL) {
    this.#kind = kind;
    this.machine = { id, toLocal: (t) => t + this.#offset };
    this.#answerSeconds = answerSeconds;
    this.#machine = machine;
    let ready: () => void = () => {};
    this.#ready = new Promise((resolve) => {
      ready = resolve;
    });
    machine.onLine((line) => {
      const message = decode<GuestReply | Ready>(line);
      if (message?.type === 'ready') ready();
      else if (message !== undefined) this.#receive(message);
    });
    this.lost = new Promise((resolve) => {
      void machine.exited.then((exit) => {
        const why = this.#hung ? `${kind.hung}: no answer for ${this.#answerSeconds} s` : `${kind.what} ${lastWords(exit)}`;
        this.#gone = { code: null, signal: null, stderr: why };
        for (const running of this.#running.values()) running.exit(this.#gone);
        this.#running.clear();
        if (!this.#ended) resolve(why);
      });
    });
  }

  /** QEMU's process on this machine. */
  get pid(): number | undefined {
    return this.#machine.pid;
  }

  /** Waits until its processes can be started. @throws {CtloadError} exit 112 when it does not boot, 105 when `signal` ended it. */
  async booted(signal: AbortSignal): Promise<void> {
    let stop = () => {};
    const aborted = new Promise<string>((resolve) => {
      stop = () => resolve('');
    });
    const outcome = Promise.race([this.#ready.then(() => ''), this.lost, aborted]);
    let why = `no sign of life within ${BOOT_SECONDS} s`;
    signal.addEventListener('abort', stop, { once: true });
    await within(
      outcome.then((text) => {
        why = text;
      }),
      BOOT_SECONDS,
    );
    signal.removeEventListener('abort', stop); // the runs of a matrix share the signal
    throwIfAborted(signal);
    if (why === '') this.#watch();
    else {
      throw new CtloadError(`${this.#kind.what} did not boot: ${why}`, {
        hint: this.#kind.hint,
        exitCode: ExitCode.hostUnfit,
      });
    }
  }

  /** Ends a machine whose kernel hangs: whoever waits for something there would wait forever. */
  #watch(): void {
    const timer = setInterval(async () => {
      if (await within(this.#time(), this.#answerSeconds)) return;
      clearInterval(timer);
      this.#hung = true;
      this.#machine.kill('SIGKILL');
    }, this.#kind.askSeconds * 1000).unref();
    void this.#machine.exited.then(() => clearInterval(timer));
  }

  /** The guest as a Host: its programs are those of the copy of ctload in it. @param first whether its samplers come first */
  host(name: string, first = true): Host {
    const host = hostBy(name, (argv, options) => this.#spawn(argv, options), this.#kind.installation, this.machine);
    return {
      ...host,
      // Due samples come first, as on this machine: but here it is the guest's scheduler that has to know.
      program: (program, args, under = []) =>
        host.program(program, args, first && program === 'sampler' ? ['chrt', '--fifo', '1', ...under] : under),
    };
  }

  /** Its clock: of many round trips the shortest says most. */
  readonly clock: Omit<OtherClock, 'machine'> = {
    read: () => this.#readClock(),
    set: async () => {
      const reading = await this.#readClock();
      this.#offset = reading.offset;
      return reading;
    },
  };

  async #readClock(): Promise<ClockReading> {
    let best: ClockReading = { offset: 0, error: Number.POSITIVE_INFINITY };
    for (let trip = 0; trip < ROUND_TRIPS && !this.#ended; trip++) {
      const sent = monotonic();
      const there = await this.#time();
      const error = (monotonic() - sent) / 2;
      if (there !== undefined && error < best.error) best = { offset: there - (sent + error), error };
    }
    return best;
  }

  /** Switches the machine off, as a power cut would. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#machine.kill('SIGKILL');
    await this.#machine.exited;
  }

  #time(): Promise<number | undefined> {
    const id = this.#next++;
    const answer = new Promise<number>((resolve) => this.#asked.set(id, resolve));
    this.#send({ type: 'time', id });
    return Promise.race([answer, this.#machine.exited.then(() => undefined)]);
  }

  #spawn(argv: readonly string[], { env = {} }: SpawnOptions = {}): Child {
    const id = this.#next++;
    const early: string[] = [];
    let listener = (line: string): void => void early.push(line);
    const exited = new Promise<Exit>((resolve) => {
      if (this.#gone !== undefined) return resolve(this.#gone);
      this.#running.set(id, {
        onLines: (lines) => {
          for (const line of lines) listener(line);
        },
        exit: resolve,
      });
    });
    this.#send({ type: 'spawn', id, argv, env });
    return {
      pid: undefined,
      command: argv.join(' '),
      exited,
      onLine: (next) => {
        for (const line of early.splice(0)) next(line);
        listener = next;
      },
      write: (text) => this.#send({ type: 'input', id, text }),
      end: () => this.#send({ type: 'end', id }),
      kill: (signal = 'SIGTERM') => this.#send({ type: 'kill', id, signal }),
    };
  }

  #send(command: GuestCommand): void {
    this.#machine.write(JSON.stringify(command));
  }

  #receive(message: GuestReply): void {
    if (message.type === 'time') {
      this.#asked.get(message.id)?.(message.at);
      this.#asked.delete(message.id);
      return;
    }
    const running = this.#running.get(message.id);
    if (message.type === 'output') running?.onLines(message.lines);
    else {
      this.#running.delete(message.id);
      running?.exit(message);
    }
  }
}

/** What the kernel said last on its console, or QEMU. */
function lastWords({ code, signal, stderr }: Exit): string {
  const said = stderr.trim().split('\n').slice(-3).join(' | ');
  if (code === null && signal === null) return said === '' ? 'is lost' : `is lost: ${said}`;
  const how = `ended: ${signal === null ? `exit code ${code}` : `killed by ${signal}`}`;
  return said === '' ? how : `${how}: ${said}`;
}
