import { CtloadError } from '../../platform/errors.ts';
import type { Child } from '../../platform/exec.ts';
import { entry } from '../../platform/remote/entry.ts';
import { describeLimits, type Limits } from '../host/limits.ts';
import type { GuardianCommand } from './guardian-messages.ts';
import type { Restored } from './journal.ts';
import { type LimitsRequest, LOCK_BUSY, spawnLocked } from './lock.ts';
import { repair } from './repair.ts';
import { Replies } from './replies.ts';

/** The host's limits, changed for the life of one run. Disposing puts them back and reads them back. */
export interface Lease extends AsyncDisposable {
  /** As the kernel took them. */
  readonly limits: Limits;
  /** Resolves, never rejects, when the guardian died; the limits have been put back by then. */
  readonly lost: Promise<string>;
}

/**
 * A guardian holding the lock, nothing changed yet; undefined when the lock did not come free within `waitSeconds`.
 * @throws {CtloadError} exit 100 when the guardian cannot start or cannot repair what a killed one left.
 */
export async function startGuardian(
  { runId, log, leaseHost }: LimitsRequest,
  waitSeconds: number,
): Promise<Guardian | undefined> {
  const child = spawnLocked('exclusive', waitSeconds, entry('processes/guardian'), leaseHost);
  const replies = new Replies(child);
  const reply = await replies.next();
  if (reply?.type === 'ready') {
    if (reply.repaired !== null)
      log.warn(`run ${reply.repaired.runId} was killed; restored ${describeLimits(reply.repaired.limits)}`);
    return new Guardian(child, replies, { runId, log, leaseHost });
  }
  child.end();
  const exit = await child.exited;
  if (reply === undefined && exit.code === LOCK_BUSY) return undefined;
  throw new CtloadError(`cannot start the guardian: ${reply?.type === 'failed' ? reply.message : exit.stderr.trim()}`);
}

/** Parent side of `guard`. Disposing gives the lock back and restores whatever was changed. */
export class Guardian implements AsyncDisposable {
  readonly #child: Child;
  readonly #replies: Replies;
  readonly #request: LimitsRequest;
  #disposed = false;

  constructor(child: Child, replies: Replies, request: LimitsRequest) {
    this.#child = child;
    this.#replies = replies;
    this.#request = request;
  }

  /** @throws {CtloadError} exit 100 when the kernel does not take `limits`; everything is put back then. */
  async change(limits: Limits): Promise<Lease> {
    this.#send({ type: 'change', runId: this.#request.runId, owner: process.pid, limits });
    const reply = await this.#replies.next();
    if (reply?.type === 'changed') {
      return { limits: reply.limits, lost: this.#lost(), [Symbol.asyncDispose]: () => this[Symbol.asyncDispose]() };
    }
    await this[Symbol.asyncDispose]();
    throw new CtloadError(
      `cannot set ${describeLimits(limits)}: ${reply?.type === 'failed' ? reply.message : 'the guardian died'}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#send({ type: 'restore' });
    const reply = await this.#replies.next();
    this.#child.end();
    await this.#child.exited;
    if (reply?.type === 'failed') throw new Error(reply.message);
    const restored = reply?.type === 'restored' ? reply.restored : await repair(this.#request.leaseHost);
    if (restored?.foreign)
      this.#request.log.warn(`somebody else changed the limits during the run; kept ${describeLimits(restored.limits)}`);
  }

  async #lost(): Promise<string> {
    await this.#child.exited;
    if (this.#disposed) return new Promise(() => {});
    return `the guardian of the conntrack limits died; ${await repair(this.#request.leaseHost).then(describeRepair, (error: Error) => error.message)}`;
  }

  #send(command: GuardianCommand): void {
    this.#child.write(JSON.stringify(command));
  }
}

function describeRepair(restored: Restored | undefined): string {
  return restored === undefined ? 'they are restored' : `restored ${describeLimits(restored.limits)}`;
}
