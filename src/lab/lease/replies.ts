import type { Child } from '../../platform/exec.ts';
import { parseMessage } from '../../platform/remote/messages.ts';
import type { GuardianReply } from './guardian-messages.ts';

/** A guardian's replies in order; `undefined` once it is gone. */
export class Replies {
  readonly #waiting: ((reply: GuardianReply | undefined) => void)[] = [];
  readonly #queued: GuardianReply[] = [];
  #gone = false;

  constructor(child: Child) {
    child.onLine((line) => {
      const reply = parseMessage<GuardianReply>(line);
      if (reply === undefined) return; // `exited` tells
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#queued.push(reply);
      else waiter(reply);
    });
    void child.exited.then(() => {
      this.#gone = true;
      for (const waiter of this.#waiting.splice(0)) waiter(undefined);
    });
  }

  next(): Promise<GuardianReply | undefined> {
    const queued = this.#queued.shift();
    if (queued !== undefined || this.#gone) return Promise.resolve(queued);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
