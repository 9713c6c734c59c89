import { CtloadError, messageOf } from '../../platform/errors.ts';
import { describeLimits, type Limits } from '../host/limits.ts';
import { identityOf } from '../host/processes.ts';
import type { Restored } from './journal.ts';
import type { LimitsRequest } from './lock.ts';
import { type GuardianProcess, launchGuardian, repairLost } from './repair.ts';

/** The kernel moves some million entries per second to a table of another size. */
const ANSWER_SECONDS = 60;

/** The host's limits, changed for the life of one run. Disposing restores them and reads them back. */
export interface Lease extends AsyncDisposable {
  /** As the kernel set them. */
  readonly limits: Limits;
  /**
   * Sets others in their place; disposing still restores those from before the lease.
   * @throws {CtloadError} exit 100 when the kernel does not accept them.
   */
  change(limits: Limits): Promise<void>;
  /** Resolves, never rejects, when the guardian died; the limits have been restored by then. */
  readonly lost: Promise<string>;
}

/**
 * A guardian that holds the lock and has changed nothing yet; `busy` when root's lock is still held after `waitSeconds`, `users`
 * when runs without root rely on the limits, unless these are to be `ignored`.
 * @throws {CtloadError} exit 100 when the guardian cannot start or cannot repair what a killed one left.
 */
export async function startGuardian(
  request: LimitsRequest,
  waitSeconds: number,
  users: 'heeded' | 'ignored' = 'heeded',
): Promise<Guardian | 'busy' | 'users'> {
  try {
    const launched = await launchGuardian(request.leaseHost, waitSeconds, users);
    if (typeof launched === 'string') return launched;
    const { guardian, pid, repaired } = launched;
    if (repaired !== undefined) request.log.warn(`run ${repaired.runId} was killed; restored ${describeLimits(repaired.limits)}`);
    return new Guardian(guardian, pid, request);
  } catch (cause) {
    throw new CtloadError(`the guardian of the conntrack limits did not start: ${messageOf(cause)}`, { cause });
  }
}

/** A guardian as its owner sees it. Disposing releases the lock and restores whatever was changed. */
export class Guardian implements AsyncDisposable {
  readonly #process: GuardianProcess;
  readonly #pid: number;
  readonly #request: LimitsRequest;
  #disposed = false;

  constructor(process: GuardianProcess, pid: number, request: LimitsRequest) {
    this.#process = process;
    this.#pid = pid;
    this.#request = request;
  }

  /** @throws {CtloadError} exit 100 when the kernel does not accept `limits`; everything is restored then. */
  async change(limits: Limits): Promise<Lease> {
    const set = await this.#set(limits).catch(async (error: unknown) => {
      await this[Symbol.asyncDispose]();
      throw error;
    });
    return {
      limits: set,
      lost: this.#lost(),
      change: async (others) => void (await this.#set(others)),
      [Symbol.asyncDispose]: () => this[Symbol.asyncDispose](),
    };
  }

  async #set(limits: Limits): Promise<Limits> {
    const owner = identityOf(process.pid);
    const reply = await this.#process.ask({ type: 'change', runId: this.#request.runId, owner, limits }, ANSWER_SECONDS);
    if (reply?.type === 'changed') return reply.limits;
    throw new CtloadError(
      `cannot set ${describeLimits(limits)}: ${reply?.type === 'failed' ? reply.message : 'the guardian died, or hangs'}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const reply = await this.#process.ask({ type: 'restore' }, ANSWER_SECONDS);
    await this.#process.close(reply === undefined ? { seconds: 0 } : { seconds: ANSWER_SECONDS });
    if (reply?.type === 'failed') throw new Error(reply.message);
    const restored = reply?.type === 'restored' ? reply.restored : await this.#repair();
    if (restored?.foreign) {
      const left = describeLimits(restored.limits);
      this.#request.log.warn(`another process changed the limits during the run; leaving them at ${left}`);
    }
  }

  #repair(): Promise<Restored | undefined> {
    return repairLost(this.#request.runId, this.#request.leaseHost, this.#pid);
  }

  async #lost(): Promise<string> {
    const how = await this.#process.lost;
    if (this.#disposed) return new Promise(() => {});
    const repaired = await this.#repair().then(describeRepair, (error: Error) => error.message);
    return `${how}; ${repaired}`;
  }
}

function describeRepair(restored: Restored | undefined): string {
  return restored === undefined ? 'the conntrack limits are restored' : `restored ${describeLimits(restored.limits)}`;
}
