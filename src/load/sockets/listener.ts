import type { Endpoint } from '../../model/input/lab.ts';
import type { TcpConnection } from './tcp-connection.ts';

export interface Listener {
  /** As it is: port 0 asks the kernel for one. */
  readonly endpoint: Endpoint;
  /** Accepts nothing more; connections that are up stay up. */
  close(): void;
}

export type Accepted = (wire: TcpConnection) => void;

/** Accepts connections on an endpoint; rejects when it cannot be listened on. */
export type ListenTcp = (endpoint: Endpoint, backlog: number, accepted: Accepted) => Promise<Listener>;
