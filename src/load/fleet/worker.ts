import { within } from '../../platform/clock.ts';
import type { Child, Host } from '../../platform/exec.ts';
import { entry } from '../../platform/remote/entry.ts';
import { parseMessage } from '../../platform/remote/messages.ts';

const CLOSE_SECONDS = 2; // a child ends at once when its stdin closes; after this it is killed

/** A process that has not said by then that it is ready, on however busy a machine, never will. */
const READY_SECONDS = 120;

/** What kept processes from getting ready: the first that `ready` or `lost` tells, or that they took too long; else undefined. */
export async function troubleStarting(
  ready: Promise<string | undefined>,
  lost: Promise<string>,
  seconds = READY_SECONDS,
): Promise<string | undefined> {
  let trouble: string | undefined = `not ready after ${seconds} s`;
  const told = Promise.race([ready, lost]).then((first) => {
    trouble = first;
  });
  await within(told, seconds);
  return trouble;
}

/** The owner's end of the NDJSON conversation with one child process of ctload. */
export class Worker<Command, Message> {
  /** Resolves with one sentence when the process ended before it was told to. */
  readonly lost: Promise<string>;
  readonly #child: Child;
  #closing = false;

  constructor(host: Host, module: string, onMessage: (message: Message) => void, argv: readonly string[] = entry(module)) {
    const child = host.spawn(argv);
    this.#child = child;
    child.onLine((line) => {
      const message = parseMessage<Message>(line);
      if (message !== undefined) onMessage(message);
    });
    this.lost = new Promise((resolve) => {
      void child.exited.then((exit) => {
        const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
        const why = exit.stderr.trim();
        if (!this.#closing)
          resolve(`${module} on ${host.name} (pid ${child.pid}) ended with ${how}${why === '' ? '' : `: ${why}`}`);
      });
    });
  }

  /** Undefined while it is being started, and when it could not be, which `lost` reports. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(command: Command): void {
    this.#child.write(JSON.stringify(command));
  }

  /** Ends the process without a word and waits until it is gone; its connections are the kernel's to close. */
  async kill(): Promise<void> {
    this.#closing = true;
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#child.end();
    if (!(await within(this.#child.exited, CLOSE_SECONDS))) this.#child.kill('SIGKILL');
    await this.#child.exited;
  }
}
