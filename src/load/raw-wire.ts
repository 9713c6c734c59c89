import { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { Connected, Destination, Wire } from './wire.ts';

/** Node's wrap of a libuv TCP handle (src/tcp_wrap.cc), as far as it is used here. Methods return 0 or a negative errno. */
interface TcpHandle {
  bind(address: string, port: number): number;
  connect(request: ConnectRequest, address: string, port: number): number;
  getpeername(out: object): number;
  readStart(): number;
  /** Reads go into `buffer` from then on. */
  useUserBuffer(buffer: Uint8Array): void;
  /** Writes at once what the kernel takes and keeps the rest; `request.oncomplete` follows only if there was a rest. */
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  close(): void;
  reset(): number;
  /** Called when something was read, at the end of the stream and after an error; must return nothing (src/stream_base.cc, CustomBufferJSListener). */
  onread?: () => void;
}

interface WriteRequest {
  oncomplete?: (status: number) => void;
}

interface ConnectRequest {
  oncomplete?: (status: number) => void;
}

interface TcpBinding {
  readonly TCP: new (type: number) => TcpHandle;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly constants: { readonly SOCKET: number };
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  /** What the last call or event left: the number of bytes read, or a negative errno, at `kReadBytesOrError`. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
}

type Bindings = TcpBinding & StreamBinding;

const EOF = -4095; // UV_EOF: libuv's own, no errno

/** One for all connections of the process: what was read is dealt with before the next read. */
const incoming = Buffer.allocUnsafeSlow(65_536);

/** Opens bare handles; undefined where this Node does not give access to them (process.binding is deprecated, DEP0111; Node 20 has it). */
export function rawWires(): ((to: Destination, connected: Connected) => Wire) | undefined {
  const found = bindings();
  return found && ((to, connected) => new RawWire(found, to, connected));
}

function bindings(): Bindings | undefined {
  try {
    const { binding } = process as unknown as { binding?: (name: string) => object };
    const found = { ...binding?.('tcp_wrap'), ...binding?.('stream_wrap') } as Partial<Bindings>;
    const complete = [found.TCP, found.TCPConnectWrap, found.WriteWrap].every((name) => typeof name === 'function');
    return complete && found.streamBaseState !== undefined ? (found as Bindings) : undefined;
  } catch {
    return undefined;
  }
}

class RawWire implements Wire {
  readonly #bindings: Bindings;
  readonly #handle: TcpHandle;
  #socket: Socket | undefined;
  #closed = false;

  constructor(bindings: Bindings, { address, port, localPort }: Destination, connected: Connected) {
    const { TCP, TCPConnectWrap, constants } = bindings;
    this.#bindings = bindings;
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

  receive(data: (chunk: Buffer) => void, ended: (errno: string | undefined) => void): void {
    const { streamBaseState, kReadBytesOrError } = this.#bindings;
    this.#handle.onread = () => {
      const count = streamBaseState[kReadBytesOrError] ?? 0;
      if (this.#closed) return;
      if (count >= 0) return data(incoming.subarray(0, count));
      this.close();
      ended(count === EOF ? undefined : getSystemErrorName(count));
    };
    this.#handle.useUserBuffer(incoming);
    this.#handle.readStart();
  }

  /** What the kernel refuses shows as the end of the connection, which is read. */
  send(data: string | Uint8Array): void {
    if (this.#closed) return;
    const request = new this.#bindings.WriteWrap();
    if (typeof data === 'string') this.#handle.writeLatin1String(request, data);
    else this.#handle.writeBuffer(request, data);
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
