import { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { anyFor, hostPort, isIpv6 } from '../../model/input/address-family.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import type { Accepted, Listener, ListenTcp } from './listener.ts';
import { nodeInternals } from './node-internals.ts';
import type { Connected, Destination, TcpConnection } from './tcp-connection.ts';

/** Node's wrap of a libuv TCP handle (src/tcp_wrap.cc), as far as it is used here. Methods return 0 or a negative errno. */
interface TcpHandle {
  bind(address: string, port: number): number;
  bind6(address: string, port: number): number;
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
  getpeername(out: object): number;
  readStart(): number;
  readStop(): number;
  /** Reads go into `buffer` from then on. */
  useUserBuffer(buffer: Uint8Array): void;
  /** Writes at once what the kernel takes and keeps the rest; `request.oncomplete` follows only if there was a rest. */
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  /** Sends a FIN behind what has been written. */
  shutdown(request: object): number;
  close(): void;
  reset(): number;
  listen(backlog: number): number;
  getsockname(out: { port?: number }): number;
  /** Called for every connection that a listening handle accepts. */
  onconnection?: (status: number, accepted: TcpHandle) => void;
  /** The connection it carries. */
  wire?: RawWire;
  /**
   * Called when something was read, at the end of the stream and after an error; must return nothing (src/stream_base.cc,
   * CustomBufferJSListener).
   */
  onread?: (this: TcpHandle) => void;
}

interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Kept for as long as the kernel has not taken all of it: Node holds on to the request, and only a string is copied. */
  bytes?: Uint8Array;
}

interface ConnectRequest {
  oncomplete?: (status: number) => void;
}

interface TcpBinding {
  readonly TCP: new (type: number) => TcpHandle;
  readonly TCPConnectWrap: new () => ConnectRequest;
  readonly constants: { readonly SOCKET: number; readonly SERVER: number };
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly ShutdownWrap: new () => object;
  /**
   * What the last call or event left: the number of bytes read, or a negative errno, at `kReadBytesOrError`; at
   * `kLastWriteWasAsync` whether the kernel did not take all that was written, so that the request is in use.
   */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

type Bindings = TcpBinding & StreamBinding;

const EOF = -4095; // UV_EOF: libuv's own, no errno

/** One for all connections of the process: what was read is dealt with before the next read. */
const incoming = Buffer.allocUnsafeSlow(65_536);
/** The part of it that the last read filled: most are as long as the one before. */
let chunk = incoming.subarray(0, 0);

/** For the next write, whichever connection's: one that is done at once leaves its request as it was (StreamBase::Write). */
let writing: WriteRequest | undefined;

const found = bindings();

/** Opens bare handles; undefined where there are none (`nodeInternals`). */
export function rawConnect(): ((to: Destination, connected: Connected) => TcpConnection) | undefined {
  return found && ((to, connected) => open(found, to, connected));
}

/** The same for accepting: see `Listen`. */
export function rawListener(): ListenTcp | undefined {
  return found && ((endpoint, backlog, accepted) => listen(found, endpoint, backlog, accepted));
}

function bindings(): Bindings | undefined {
  const some = (nodeInternals('tcp_wrap', 'stream_wrap') ?? {}) as Partial<Bindings>;
  const { TCP, TCPConnectWrap, WriteWrap, ShutdownWrap } = some;
  const complete = [TCP, TCPConnectWrap, WriteWrap, ShutdownWrap].every((name) => typeof name === 'function');
  return complete && some.streamBaseState !== undefined ? (some as Bindings) : undefined;
}

function open(
  using: Bindings,
  { address, port, localAddress = anyFor(address), localPort }: Destination,
  connected: Connected,
): TcpConnection {
  const handle = new using.TCP(using.constants.SOCKET);
  const wire = new RawWire(using, handle);
  const request = new using.TCPConnectWrap();
  request.oncomplete = (status) => {
    if (!wire.closed) connected(status === 0 ? undefined : getSystemErrorName(status));
  };
  let status = localPort === undefined ? 0 : bind(handle, localAddress, localPort);
  if (status === 0) status = isIpv6(address) ? handle.connect6(request, address, port) : handle.connect(request, address, port);
  if (status !== 0) setImmediate(() => request.oncomplete?.(status)); // as late as any other answer
  return wire;
}

async function listen(using: Bindings, { address, port }: Endpoint, backlog: number, accepted: Accepted): Promise<Listener> {
  const handle = new using.TCP(using.constants.SERVER);
  let status = bind(handle, address, port);
  handle.onconnection = (error, connection) => {
    if (error === 0) accepted(new RawWire(using, connection));
  };
  if (status === 0) status = handle.listen(backlog);
  const bound: { port?: number } = {};
  if (status === 0) status = handle.getsockname(bound);
  if (status === 0) return { endpoint: { address, port: bound.port ?? port }, close: () => handle.close() };
  handle.close();
  throw new Error(`listen ${getSystemErrorName(status)}: ${hostPort({ address, port })}`);
}

function bind(handle: TcpHandle, address: string, port: number): number {
  return isIpv6(address) ? handle.bind6(address, port) : handle.bind(address, port);
}

class RawWire implements TcpConnection {
  closed = false;
  readonly #bindings: Bindings;
  readonly #handle: TcpHandle;
  #socket: Socket | undefined;
  #data: (chunk: Buffer) => void = ignore;
  #ended: (errno: string | undefined) => void = ignore;

  constructor(bindings: Bindings, handle: TcpHandle) {
    this.#bindings = bindings;
    this.#handle = handle;
  }

  isUp(): boolean {
    return !this.closed && this.#handle.getpeername({}) === 0;
  }

  socket(): Socket {
    this.#socket ??= new Socket({ handle: this.#handle } as object);
    return this.#socket;
  }

  receive(data: (chunk: Buffer) => void, ended: (errno: string | undefined) => void): void {
    this.#data = data;
    this.#ended = ended;
    if (this.#handle.wire !== undefined) return;
    this.#handle.wire = this;
    this.#handle.onread = onRead;
    this.#handle.useUserBuffer(incoming);
    this.#handle.readStart();
  }

  /** `count` bytes have come, or a negative errno. */
  read(count: number): void {
    if (this.closed) return;
    if (count >= 0) {
      if (chunk.length !== count) chunk = incoming.subarray(0, count);
      this.#data(chunk);
      return;
    }
    this.close();
    this.#ended(count === EOF ? undefined : getSystemErrorName(count));
  }

  /** What the kernel refuses shows as the end of the connection, which is read. */
  send(data: string | Uint8Array): void {
    if (this.closed) return;
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = this.#bindings;
    writing ??= new WriteWrap();
    const handle = this.#handle;
    const status = typeof data === 'string' ? handle.writeLatin1String(writing, data) : handle.writeBuffer(writing, data);
    if (status === 0 && streamBaseState[kLastWriteWasAsync] === 0) return;
    if (typeof data !== 'string') writing.bytes = data;
    writing = undefined;
  }

  keep(): void {
    if (!this.closed) this.#handle.readStop();
  }

  end(): void {
    if (!this.closed) this.#handle.shutdown(new this.#bindings.ShutdownWrap());
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.#socket === undefined) this.#handle.close();
    else this.#socket.on('error', ignore).destroy();
  }

  reset(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.#socket === undefined) this.#handle.reset();
    else this.#socket.on('error', ignore).resetAndDestroy();
  }
}

/** One for all handles: Node calls it on the handle that was read (AsyncWrap::MakeCallback). */
function onRead(this: TcpHandle): void {
  if (found !== undefined) this.wire?.read(found.streamBaseState[found.kReadBytesOrError] ?? 0);
}

function ignore(): void {}
