import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Client, Dispatcher } from 'undici';
import { hostPort } from '../../model/input/address-family.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import { errnoOf } from '../../platform/errors.ts';
import type { Attempt } from '../tally/attempt.ts';
import { causeOfError } from '../tally/failure.ts';
import type { HttpClient, HttpListener } from './http-client.ts';

const require = createRequire(import.meta.url);

/** Exchanges by undici clients. undici is loaded here and not before: that takes 80 ms, which most processes can do without. */
export function undiciExchanger({ address, port }: Endpoint, listener: HttpListener): HttpClient {
  const { Client: UndiciClient } = require('undici') as typeof import('undici');
  const idle: PooledClient[] = [];
  return (attempt, wire) => {
    const lane =
      idle.pop() ??
      new PooledClient(UndiciClient, `http://${hostPort({ address, port })}`, listener, (freed) => idle.push(freed));
    lane.exchange(attempt, wire.socket());
  };
}

/**
 * An undici client that is used over and over, each time for one request on a fresh connection that was opened for it:
 * reusing the client saves a third of the CPU time of making one a request.
 */
class PooledClient implements Dispatcher.DispatchHandler {
  readonly #client: Client;
  readonly #listener: HttpListener;
  readonly #onClose: () => void;
  #attempt: Attempt | undefined;
  #socket: Socket | undefined;
  #fresh = false;
  #status = 0;

  /** `free` is called when the socket is closed and the lane may be used again. */
  constructor(UndiciClient: typeof Client, origin: string, listener: HttpListener, free: (lane: PooledClient) => void) {
    this.#listener = listener;
    this.#onClose = () => {
      this.#attempt = undefined;
      this.#socket = undefined;
      free(this);
    };
    this.#client = new UndiciClient(origin, {
      headersTimeout: 0, // the flood keeps the time limits
      bodyTimeout: 0,
      connect: (_options, callback) => {
        // In a microtask: undici does not send when it is called back while it is still calling.
        queueMicrotask(() => {
          const socket = this.#fresh ? this.#socket : undefined;
          this.#fresh = false;
          if (socket === undefined) callback(new Error('one request, one connection'), null);
          else {
            callback(null, socket);
            socket.once('close', this.#onClose); // after undici's own listener, which tells of what failed
          }
        });
      },
    });
  }

  /** Sends one GET over `socket`, which must be connected and unused. */
  exchange(attempt: Attempt, socket: Socket): void {
    this.#attempt = attempt;
    this.#socket = socket;
    this.#fresh = true;
    this.#client.dispatch({ path: '/', method: 'GET', reset: true }, this);
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
    if (this.#attempt !== undefined && status >= 200) this.#listener.responseStarted(this.#attempt);
  }

  onResponseData(): void {} // read and forgotten

  /** Here and not on 'close': undici closes the socket as soon as this returns, and a reset must come before that. */
  onResponseEnd(): void {
    if (this.#attempt !== undefined) this.#listener.responseEnded(this.#attempt, this.#status);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#attempt !== undefined)
      this.#listener.responseFailed(this.#attempt, causeOfError(error), errnoOf(error) ?? error.name);
  }
}
