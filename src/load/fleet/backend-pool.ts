import type { BackendSpec } from '../../model/input/backend.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import { within } from '../../platform/clock.ts';
import { CtloadError } from '../../platform/errors.ts';
import type { Host } from '../../platform/exec.ts';
import type { BackendCommand, BackendCounts, BackendMessage } from '../protocol/messages.ts';
import { backendCommand } from '../sizing/process-plan.ts';
import { troubleStarting, Worker } from './worker.ts';

export interface BackendPool extends AsyncDisposable {
  readonly pids: readonly number[];
  /** What all processes have seen so far, summed; one that does not answer within 2 s counts with what it said last. */
  counts(): Promise<BackendCounts>;
  /** One sentence, when a process ended without being told to. */
  readonly lost: Promise<string>;
  /** Ends the processes at once, whatever they hold. */
  kill(): Promise<void>;
}

export interface BackendSettings {
  /** How requests are answered; at once and well by default. */
  readonly behaviour?: BackendSpec;
  /** What it has to answer; rehearsed before it listens. */
  readonly floods?: readonly Flood[];
  /** HTTP and WebSocket. */
  readonly http: readonly Endpoint[];
  /** Connections here are accepted and reset at once. */
  readonly stale: readonly Endpoint[];
  /** Datagrams here are answered; none by default. */
  readonly udp?: readonly Endpoint[];
}

const ANSWER_SECONDS = 2;

/**
 * Starts `processes` backend processes on `host` (never more than there are endpoints); process k listens on the endpoints
 * whose number mod `processes` is k, because Node 20 cannot share a listening port between processes without a parent in
 * the accept path. Resolves when all listen.
 * @throws {CtloadError} exit 100 when an endpoint cannot be listened on or a process ends.
 */
export async function startBackend(host: Host, listen: BackendSettings, processes: number): Promise<BackendPool> {
  const pool = new BackendProcesses(host, listen, Math.min(processes, Math.max(1, listen.http.length)));
  const failure = await troubleStarting(pool.listening, pool.lost);
  if (failure === undefined) return pool;
  await pool[Symbol.asyncDispose]();
  throw new CtloadError(`the backend did not start: ${failure}`, {
    hint: 'another program may be using the address: ctload clean removes what an earlier run left',
  });
}

class BackendProcesses implements BackendPool {
  /** Resolves with undefined, or with what went wrong. */
  readonly listening: Promise<string | undefined>;
  readonly lost: Promise<string>;
  readonly #workers: readonly Worker<BackendCommand, BackendMessage>[];
  readonly #counts: BackendCounts[];
  #unready: number;
  #resolveListening: (failure: string | undefined) => void = () => {};
  #onAnswer: () => void = () => {};

  constructor(host: Host, { floods = [], ...listen }: BackendSettings, processes: number) {
    const argv = backendCommand(floods);
    this.#unready = processes;
    this.listening = new Promise((resolve) => {
      this.#resolveListening = resolve;
    });
    this.#counts = Array.from({ length: processes }, () => ({ connections: 0, requests: 0, upgrades: 0, stale: 0 }));
    this.#workers = this.#counts.map(
      (_, k) =>
        new Worker<BackendCommand, BackendMessage>(host, 'processes/backend', (message) => this.#onMessage(k, message), argv),
    );
    this.lost = Promise.race(this.#workers.map((worker) => worker.lost));
    this.#workers.forEach((worker, k) => {
      const mine = (endpoints: readonly Endpoint[]) => endpoints.filter((_, i) => i % processes === k);
      worker.send({ ...listen, type: 'listen', http: mine(listen.http), stale: mine(listen.stale), udp: mine(listen.udp ?? []) });
    });
  }

  get pids(): readonly number[] {
    return this.#workers.flatMap((worker) => worker.pid ?? []);
  }

  async counts(): Promise<BackendCounts> {
    let unanswered = this.#workers.length;
    const answered = new Promise<void>((resolve) => {
      this.#onAnswer = () => {
        if (--unanswered === 0) resolve();
      };
    });
    for (const worker of this.#workers) worker.send({ type: 'count' });
    await within(answered, ANSWER_SECONDS);
    const sum = { connections: 0, requests: 0, upgrades: 0, stale: 0 };
    for (const counts of this.#counts) {
      sum.connections += counts.connections;
      sum.requests += counts.requests;
      sum.upgrades += counts.upgrades;
      sum.stale += counts.stale;
    }
    return sum;
  }

  async kill(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #onMessage(k: number, message: BackendMessage): void {
    switch (message.type) {
      case 'listening':
        if (--this.#unready === 0) this.#resolveListening(undefined);
        break;
      case 'failed':
        this.#resolveListening(message.message);
        break;
      case 'counts':
        this.#counts[k] = message.counts;
        this.#onAnswer();
        break;
    }
  }
}
