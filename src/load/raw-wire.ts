import { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { Connected, Destination, Wire } from './wire.ts';

/** Node's wrap of a libuv TCP handle (src/tcp_wrap.cc), as far as it is used here. Methods return 0 or a negative errno. */
interface TcpHandle {
  bind(address: string, port: number): number;
  connect(request: ConnectRequest, address: string, port: number): number;
  getpeername(out: object): number;
  readStart(): number;
  close(): void;
  reset(): number;
  /** Called with data, or with nothing at the end of the stream or an error (src/stream_base.cc, CallJSOnreadMethod). */
  onread?: (data: ArrayBuffer | undefined) => void;
}

interface ConnectRequest {
  oncomplete?: (status: number) => void;
}

interface TcpBinding {
  readonly TCP: new (type: number) => TcpHandle;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly constants: { readonly SOCKET: number };
}

/** Opens bare handles; undefined where this Node does not give access to them (process.binding is deprecated, DEP0111; Node 20 has it). */
export function rawWires(): ((to: Destination, connected: Connected) => Wire) | undefined {
  const binding = tcpBinding();
  return binding && ((to, connected) => new RawWire(binding, to, connected));
}

function tcpBinding(): TcpBinding | undefined {
  try {
    const { binding } = process as unknown as { binding?: (name: string) => TcpBinding };
    const found = binding?.('tcp_wrap');
    return typeof found?.TCP === 'function' && typeof found.TCPConnectWrap === 'function' ? found : undefined;
  } catch {
    return undefined;
  }
}

class RawWire implements Wire {
  readonly #handle: TcpHandle;
  #socket: Socket | undefined;
  #closed = false;

  constructor({ TCP, TCPConnectWrap, constants }: TcpBinding, { address, port, localPort }: Destination, connected: Connected) {
    this.#handle = new TCP(constants.SOCKET);
    const request = new TCPConnectWrap();
    request.oncomplete = (status) => {
      if (!this.#closed) connected(status === 0 ? undefined : getSystemErrorName(status));
    };
    let status = localPort === undefined ? 0 : this.#handle.bind('0.0.0.0', localPort);
    if (status === 0) status = this.#handle.connect(request, address, port);
    if (status !== 0) setImmediate(() => request.oncomplete?.(status)); // as late as any other answer
  }

  isUp(): boolean {
    return !this.#closed && this.#handle.getpeername({}) === 0;
  }

  socket(): Socket {
    this.#socket ??= new Socket({ handle: this.#handle } as object);
    return this.#socket;
  }

  watch(ended: () => void): void {
    this.#handle.onread = (data) => {
      if (data !== undefined || this.#closed) return;
      this.close();
      ended();
    };
    this.#handle.readStart();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket === undefined) this.#handle.close();
    else this.#socket.on('error', ignore).destroy();
  }

  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket === undefined) this.#handle.reset();
    else this.#socket.on('error', ignore).resetAndDestroy();
  }
}

function ignore(): void {}
