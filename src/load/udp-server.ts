import type { Endpoint } from '../model/lab.ts';
import { monotonic } from '../platform/clock.ts';
import { type DatagramSocket, openDatagramSocket } from './datagram-socket.ts';
import { DeadlineQueue } from './deadline-queue.ts';

interface Answer {
  readonly socket: DatagramSocket;
  readonly bytes: Buffer;
  readonly port: number;
  readonly address: string;
}

/**
 * Sends every datagram that comes to one of `endpoints` back to where it came from, after `delaySeconds`.
 * @throws {NodeJS.ErrnoException} when an endpoint cannot be bound.
 */
export function answerDatagrams(endpoints: readonly Endpoint[], delaySeconds: number): void {
  const held = delaySeconds === 0 ? undefined : new DelayedAnswers(delaySeconds);
  for (const { address, port } of endpoints) {
    const socket = openDatagramSocket(address, port);
    socket.receive((bytes, toPort, toAddress) => {
      if (held === undefined) socket.send(bytes, toPort, toAddress);
      else held.add({ socket, bytes, port: toPort, address: toAddress });
    });
  }
}

/** One timer for all: answers fall due in the order in which the questions came. */
class DelayedAnswers {
  readonly #queue: DeadlineQueue<Answer>;

  constructor(delaySeconds: number) {
    this.#queue = new DeadlineQueue(delaySeconds);
  }

  add(answer: Answer): void {
    const idle = this.#queue.nextAt === Number.POSITIVE_INFINITY;
    this.#queue.push(answer, monotonic());
    if (idle) this.#wait();
  }

  #wait(): void {
    if (this.#queue.nextAt === Number.POSITIVE_INFINITY) return;
    setTimeout(
      () => {
        for (let due = this.#queue.take(monotonic()); due !== undefined; due = this.#queue.take(monotonic())) {
          due.socket.send(due.bytes, due.port, due.address);
        }
        this.#wait();
      },
      Math.max(0, Math.ceil((this.#queue.nextAt - monotonic()) * 1000)),
    );
  }
}
