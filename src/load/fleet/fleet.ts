import type { Targets } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { within } from '../../platform/clock.ts';
import type { Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { ProcessPool } from '../../platform/remote/pool.ts';
import type { AgentCommand, AgentMessage, AgentReport, TickReport } from '../protocol/messages.ts';
import { protocolsOf } from '../sizing/process-plan.ts';
import { WITH_ECHO_SOCKETS } from '../sockets/echo-sockets.ts';
import { type MergeOutput, TickMerger } from './merge.ts';

export interface FleetOptions extends MergeOutput {
  readonly floods: readonly Flood[];
  readonly targets: Targets;
  /** Offsets in seconds at which the client's kernel sends an unanswered SYN. */
  readonly synSchedule: readonly number[];
  readonly seed: number;
  /** Called when an agent is lost that the load goes on without. */
  onLost?(loss: AgentLoss): void;
}

/** An agent that was lost, and what it had carried by its last message. */
export interface AgentLoss {
  /** Name of its host. */
  readonly host: string;
  /** As `RemoteProcess.lost`. */
  readonly sentence: string;
  /** Attempts that it had started; what it did after its last message is unknown. */
  readonly attempted: number;
  /** The same of all agents. */
  readonly allAttempted: number;
  /** Connections that it held open. */
  readonly open: number;
}

/** The agents, ready to start. Disposing interrupts what still runs, waits for the last counts and ends the processes. */
export interface Fleet extends AsyncDisposable {
  readonly pids: readonly number[];
  /** Starts all floods at `epoch`, in absolute monotonic seconds of this machine, in the near future. */
  start(epoch: number): void;
  /** Starts nothing new; what is in flight ends by itself or by its time limits. */
  stop(): void;
  /** Closes every socket at once; those still connecting count as interrupted and abandoned. `done` follows. */
  close(): void;
  /**
   * Resolves when all scheduled work is finished or drained and recorded; held sockets are still open and still report. An agent
   * that was lost has no report.
   */
  readonly done: Promise<AgentReport[]>;
  /** As `RemoteProcess.lost`, of the first agent that is lost and that the load does not go on without, and what it had carried. */
  readonly lost: Promise<string>;
  /** Kills the processes, whatever they hold: for when nothing that they could still report counts. */
  kill(): Promise<void>;
}

export type AgentProcess = RemoteProcess<AgentCommand, AgentMessage>;

const CLOSE_SECONDS = 2; // for the last counts of an agent whose event loop still runs
const GRACE_SECONDS = 5; // beyond the floods' own time limits, before a stopped agent counts as hung

/** Starts `many` agents, on each of `hosts` in turn, which warm up for `floods`. */
export function launchAgents(hosts: readonly Host[], floods: readonly Flood[], many: number): AgentProcess[] {
  const hostOf = (agent: number) => hosts[agent % hosts.length] as Host;
  const under = floods.some(({ kind }) => kind === 'icmp') ? WITH_ECHO_SOCKETS : [];
  return Array.from({ length: many }, (_, agent) => new RemoteProcess(hostOf(agent), 'agent', protocolsOf(floods), under));
}

/**
 * Gives each of `agents` its share of the work and waits until all are ready.
 * @throws {CtloadError} exit 100 when a process cannot be started or ends before it is ready.
 */
export async function startFleet(agents: readonly AgentProcess[], options: FleetOptions): Promise<Fleet> {
  const pool = new ProcessPool(agents);
  const fleet = new AgentFleet(pool, options);
  const { floods, targets, synSchedule, seed } = options;
  pool.send((agent) => ({ type: 'prepare', floods, targets, synSchedule, seed, agent, agents: agents.length }));
  await pool.ready('the load agents');
  return fleet;
}

class AgentFleet implements Fleet {
  readonly done: Promise<AgentReport[]>;
  readonly lost: Promise<string>;
  readonly #pool: ProcessPool<AgentCommand, AgentMessage>;
  readonly #merger: TickMerger;
  readonly #drainSeconds: number;
  readonly #reports: AgentReport[] = [];
  readonly #working: Set<number>;
  /** By agent. */
  readonly #carried: { attempted: number; readonly open: Map<string, number> }[];
  #resolveDone: (reports: AgentReport[]) => void = () => {};
  #started = false;

  constructor(pool: ProcessPool<AgentCommand, AgentMessage>, options: FleetOptions) {
    const { processes } = pool;
    this.#pool = pool;
    this.#carried = processes.map(() => ({ attempted: 0, open: new Map() }));
    this.#merger = new TickMerger(processes.length, options);
    this.#drainSeconds = GRACE_SECONDS + Math.max(0, ...options.floods.map(longestAttempt));
    this.#working = new Set(processes.keys());
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    const losses = processes.map((process, agent) => {
      process.listen((message) => this.#onMessage(agent, message));
      return process.lost.then((sentence) => {
        const loss = this.#lossOf(agent, process.host, sentence);
        if (process.expendable) options.onLost?.(loss);
        this.#end(agent);
        return loss;
      });
    });
    const needed = losses.filter((_, agent) => processes[agent]?.expendable !== true);
    const gone = Promise.all(losses).then((all) => all.at(-1) as AgentLoss);
    this.lost = Promise.race([...needed, gone]).then(lossText);
  }

  get pids(): readonly number[] {
    return this.#pool.pids;
  }

  start(epoch: number): void {
    this.#started = true;
    this.#pool.send((_, { machine }) => ({ type: 'start', epoch: machine.toLocal(epoch) }));
  }

  stop(): void {
    this.#pool.send(() => ({ type: 'stop' }));
    this.#abandonAfter(this.#drainSeconds);
  }

  close(): void {
    this.#pool.send(() => ({ type: 'close' }));
    this.#abandonAfter(CLOSE_SECONDS);
  }

  async kill(): Promise<void> {
    await this.#pool.kill();
    this.#endAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#started && this.#working.size > 0) {
      this.close();
      await this.done;
    }
    await this.#pool[Symbol.asyncDispose]();
    this.#endAll();
  }

  #lossOf(agent: number, host: string, sentence: string): AgentLoss {
    const { attempted = 0, open = new Map<string, number>() } = this.#carried[agent] ?? {};
    const allAttempted = this.#carried.reduce((sum, one) => sum + one.attempted, 0);
    return { host, sentence, attempted, allAttempted, open: [...open.values()].reduce((sum, many) => sum + many, 0) };
  }

  #carry(agent: number, { loads, gauges }: TickReport): void {
    const carried = this.#carried[agent];
    if (carried === undefined) return;
    for (const load of loads) carried.attempted += load.attempted ?? 0;
    for (const { flood, open } of gauges) carried.open.set(flood, open);
  }

  #onMessage(agent: number, message: AgentMessage): void {
    switch (message.type) {
      case 'tick':
        this.#carry(agent, message);
        this.#merger.add(agent, message);
        break;
      case 'done':
        this.#reports.push(message.report);
        this.#finished(agent);
        break;
    }
  }

  #endAll(): void {
    for (const agent of this.#pool.processes.keys()) this.#end(agent);
  }

  /** The agent is gone: there is nothing more to wait for. */
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

  #abandonAfter(seconds: number): void {
    void within(this.done, seconds).then(() => {
      for (const agent of [...this.#working]) this.#end(agent);
    });
  }
}

function lossText({ sentence, attempted, allAttempted, open }: AgentLoss): string {
  return `${sentence}; it had started ${attempted} of ${allAttempted} attempts and held ${open} connections`;
}

function longestAttempt(flood: Flood): number {
  if (flood.kind === 'half-open') return 0;
  if (flood.kind === 'udp' || flood.kind === 'icmp' || flood.kind === 'dns') return flood.responseTimeoutSeconds ?? 0;
  return flood.connectTimeoutSeconds + (flood.kind === 'short' ? flood.responseTimeoutSeconds : flood.connectTimeoutSeconds);
}
