import type { TcpConnection } from '../sockets/tcp-connection.ts';

/** One connection from its intended start to its end. Seconds are relative to the epoch. */
export class Attempt {
  /** Number of the arrival in the whole flood, or of the slot a held flood keeps filled. */
  readonly index: number;
  readonly intended: number;
  readonly started: number;
  connectedAt = Number.NaN;
  /** `exchanging`: connected, request or upgrade not answered yet. `open`: a held socket. */
  stage: 'connecting' | 'exchanging' | 'open' | 'ended' = 'connecting';
  /** Dropped at the end, so that a queue that still names the attempt does not keep the connection in memory. */
  wire: TcpConnection | undefined;

  constructor(index: number, intended: number, started: number) {
    this.index = index;
    this.intended = intended;
    this.started = started;
  }
}
