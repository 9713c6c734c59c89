import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { Attempt } from './attempt.ts';

export interface LaneListener {
  responseStarted(attempt: Attempt): void;
  responseEnded(attempt: Attempt, socket: Socket, status: number): void;
  responseFailed(attempt: Attempt, error: Error): void;
  /** The socket is closed; the lane may be used again. */
  free(lane: HttpLane): void;
}

/**
 * An undici client that is used over and over, each time for one request on a fresh connection that was opened for it:
 * reusing the client saves a third of the CPU time of making one a request.
 */
export class HttpLane implements Dispatcher.DispatchHandler {
  readonly #client: Client;
  readonly #listener: LaneListener;
  readonly #onClose = () => {
    this.#attempt = undefined;
    this.#socket = undefined;
    this.#listener.free(this);
  };
  #attempt: Attempt | undefined;
  #socket: Socket | undefined;
  #fresh = false;
  #status = 0;

  constructor(origin: string, listener: LaneListener) {
    this.#listener = listener;
    this.#client = new Client(origin, {
      headersTimeout: 0, // the flood keeps the time limits
      bodyTimeout: 0,
      connect: (_options, callback) => {
        // In a microtask: undici does not send when it is called back while it is still calling.
        queueMicrotask(() => {
          const socket = this.#fresh ? this.#socket : undefined;
          this.#fresh = false;
          if (socket === undefined) callback(new Error('one request, one connection'), null);
          else callback(null, socket);
        });
      },
    });
  }

  /** Sends one GET over `socket`, which must be connected and unused. */
  exchange(attempt: Attempt, socket: Socket): void {
    this.#attempt = attempt;
    this.#socket = socket;
    this.#fresh = true;
    socket.once('close', this.#onClose);
    this.#client.dispatch({ path: '/', method: 'GET', reset: true }, this);
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
    if (this.#attempt !== undefined) this.#listener.responseStarted(this.#attempt);
  }

  onResponseData(): void {} // read and forgotten

  onResponseEnd(): void {
    if (this.#attempt === undefined || this.#socket === undefined) return;
    this.#listener.responseEnded(this.#attempt, this.#socket, this.#status);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#attempt !== undefined) this.#listener.responseFailed(this.#attempt, error);
  }
}
