import type { Targets } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { within } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import type { Host } from '../../platform/exec.ts';
import type { AgentCommand, AgentMessage, AgentReport } from '../protocol/messages.ts';
import { agentCommand } from '../sizing/process-plan.ts';
import { type MergeOutput, TickMerger } from './merge.ts';
import { troubleStarting, Worker } from './worker.ts';

export interface FleetOptions extends MergeOutput {
  readonly floods: readonly Flood[];
  readonly targets: Targets;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN. */
  readonly synSchedule: readonly number[];
  readonly agents: number;
  readonly seed: number;
}

/** The agents, ready to go. Disposing of it interrupts what still runs, waits for the last counts and ends the processes. */
export interface Fleet extends AsyncDisposable {
  readonly pids: readonly number[];
  /** The barrier: `epoch` in absolute monotonic seconds, in the near future. */
  start(epoch: number): void;
  /** No new arrivals; what is in flight ends by itself or by its time limits. */
  stop(): void;
  /** Destroys every socket at once; connecting ones count as interrupted and abandoned. `done` follows. */
  close(): void;
  /**
   * All scheduled work is finished or drained and recorded; held sockets are still open and still report. An agent that was
   * lost has no report.
   */
  readonly done: Promise<AgentReport[]>;
  /** One sentence, when an agent ended without being told to. */
  readonly lost: Promise<string>;
  /** Ends the processes at once, whatever they hold: for when nothing that they could still say counts. */
  kill(): Promise<void>;
}

const CLOSE_SECONDS = 2; // for the last counts of an agent whose loop still turns
const GRACE_SECONDS = 5; // beyond the floods' own time limits, before a stopped agent counts as hung

/**
 * Starts `agents` processes on `host` and hands each its share of the work.
 * @throws {CtloadError} exit 100 when a process cannot be started or ends before it is ready.
 */
export async function startFleet(host: Host, options: FleetOptions): Promise<Fleet> {
  const { floods, targets, synSchedule, seed, agents } = options;
  const crew = new AgentProcesses(host, options);
  const assignment = { floods, targets, synSchedule, seed, agents };
  crew.prepare((agent) => ({ type: 'prepare', ...assignment, agent }));
  const failure = await troubleStarting(crew.ready, crew.lost);
  if (failure === undefined) return crew;
  await crew[Symbol.asyncDispose]();
  throw new CtloadError(`the load agents did not start: ${failure}`);
}

class AgentProcesses implements Fleet {
  readonly ready: Promise<undefined>;
  readonly done: Promise<AgentReport[]>;
  readonly lost: Promise<string>;
  readonly #workers: readonly Worker<AgentCommand, AgentMessage>[];
  readonly #merger: TickMerger;
  readonly #drainSeconds: number;
  readonly #reports: AgentReport[] = [];
  readonly #unready = new Set<number>();
  readonly #working = new Set<number>();
  #resolveReady: (value: undefined) => void = () => {};
  #resolveDone: (reports: AgentReport[]) => void = () => {};
  #started = false;

  constructor(host: Host, options: FleetOptions) {
    this.#merger = new TickMerger(options.agents, options);
    this.#drainSeconds = GRACE_SECONDS + Math.max(0, ...options.floods.map(longestAttempt));
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    const argv = agentCommand(options.floods);
    this.#workers = Array.from({ length: options.agents }, (_, agent) => {
      this.#unready.add(agent);
      this.#working.add(agent);
      return new Worker<AgentCommand, AgentMessage>(host, 'processes/agent', (message) => this.#onMessage(agent, message), argv);
    });
    this.#workers.forEach((worker, agent) => void worker.lost.then(() => this.#end(agent)));
    this.lost = Promise.race(this.#workers.map((worker) => worker.lost));
  }

  get pids(): readonly number[] {
    return this.#workers.flatMap((worker) => worker.pid ?? []);
  }

  prepare(commandFor: (agent: number) => AgentCommand): void {
    this.#workers.forEach((worker, agent) => {
      worker.send(commandFor(agent));
    });
  }

  start(epoch: number): void {
    this.#started = true;
    this.#tellAll({ type: 'start', epoch });
  }

  stop(): void {
    this.#tellAll({ type: 'stop' });
    this.#giveUpAfter(this.#drainSeconds);
  }

  close(): void {
    this.#tellAll({ type: 'close' });
    this.#giveUpAfter(CLOSE_SECONDS);
  }

  async kill(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    for (const agent of this.#workers.keys()) this.#end(agent);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#started && this.#working.size > 0) {
      this.close();
      await this.done;
    }
    await Promise.all(this.#workers.map((worker) => worker.close()));
    for (const agent of this.#workers.keys()) this.#end(agent);
  }

  #tellAll(command: AgentCommand): void {
    for (const worker of this.#workers) worker.send(command);
  }

  #onMessage(agent: number, message: AgentMessage): void {
    switch (message.type) {
      case 'ready':
        this.#unready.delete(agent);
        if (this.#unready.size === 0) this.#resolveReady(undefined);
        break;
      case 'tick':
        this.#merger.add(agent, message);
        break;
      case 'done':
        this.#reports.push(message.report);
        this.#finished(agent);
        break;
    }
  }

  /** The agent is gone: nothing more to wait for. */
  #end(agent: number): void {
    this.#merger.end(agent);
    this.#finished(agent);
  }

  #finished(agent: number): void {
    this.#working.delete(agent);
    if (this.#working.size > 0) return;
    this.#merger.flush();
    this.#resolveDone(this.#reports);
  }

  #giveUpAfter(seconds: number): void {
    void within(this.done, seconds).then(() => {
      for (const agent of [...this.#working]) this.#end(agent);
    });
  }
}

function longestAttempt(flood: Flood): number {
  if (flood.kind === 'half-open') return 0;
  if (flood.kind === 'udp') return flood.responseTimeoutSeconds ?? 0;
  return flood.connectTimeoutSeconds + (flood.kind === 'short' ? flood.responseTimeoutSeconds : flood.connectTimeoutSeconds);
}
