import { CtloadError, messageOf } from '../errors.ts';
import type { RemoteProcess } from './parent-side.ts';
import type { Message } from './protocol.ts';

/** Processes of one program that share a job. */
export class ProcessPool<Command extends Message, Reply extends Message> implements AsyncDisposable {
  readonly processes: readonly RemoteProcess<Command, Reply>[];
  /** As `RemoteProcess.lost`, of the first process that is lost and that is not expendable. */
  readonly lost: Promise<string>;

  constructor(processes: readonly RemoteProcess<Command, Reply>[]) {
    this.processes = processes;
    this.lost = Promise.race(processes.filter(({ expendable }) => !expendable).map(({ lost }) => lost));
  }

  /** Process ids, as far as they are known. */
  get pids(): readonly number[] {
    return this.processes.flatMap((process) => process.pid ?? []);
  }

  /** Sends each process its command. */
  send(commandFor: (index: number, process: RemoteProcess<Command, Reply>) => Command): void {
    this.processes.forEach((process, index) => {
      process.send(commandFor(index, process));
    });
  }

  /**
   * Waits until all are ready. `what` names them in the error, `hintFor` says what to do about a reason, where it knows.
   * @throws {CtloadError} exit 100 with the reason of the first process that did not get ready; all have ended by then.
   */
  async ready(what: string, hintFor: (reason: string) => string | undefined = () => undefined): Promise<void> {
    try {
      await Promise.all(this.processes.map((process) => process.ready()));
    } catch (cause) {
      await this[Symbol.asyncDispose]();
      const hint = hintFor(messageOf(cause));
      throw new CtloadError(`${what} did not start: ${messageOf(cause)}`, { cause, ...(hint === undefined ? {} : { hint }) });
    }
  }

  /** Kills all and waits until they have ended. */
  async kill(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.kill()));
  }

  /** Closes all and waits until they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.processes.map((process) => process.close()));
  }
}
