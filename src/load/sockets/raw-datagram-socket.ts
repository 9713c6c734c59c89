import { getSystemErrorName } from 'node:util';
import { hostPort, isIpv6 } from '../../model/input/address-family.ts';
import type { DatagramListener, DatagramSocket } from './datagram-socket.ts';
import { nodeInternals } from './node-internals.ts';

/** Node's wrap of a libuv UDP handle (src/udp_wrap.cc), as far as it is used here. */
interface UdpHandle {
  /** 0 or a negative errno. */
  bind(address: string, port: number, flags: number): number;
  bind6(address: string, port: number, flags: number): number;
  /** Takes a socket that is open. */
  open(fd: number): number;
  /**
   * Tries sendto(2) at once. Bytes sent + 1, a negative errno, or 0 when the datagram waits for room in the send buffer: then
   * `request` and the bytes of `list` are in use until its `oncomplete`.
   */
  send: Send;
  send6: Send;
  recvStart(): number;
  close(): void;
  onmessage?: (count: number, handle: UdpHandle, bytes: Buffer | undefined, from: { port: number; address: string }) => void;
}

type Send = (
  request: SendRequest,
  list: Uint8Array[],
  length: number,
  port: number,
  address: string,
  callback: boolean,
) => number;

interface SendRequest {
  list?: Uint8Array[];
}

interface Bindings {
  readonly UDP: new () => UdpHandle;
  readonly SendWrap: new () => SendRequest;
}

/** Opens bare handles; undefined where there are none (`nodeInternals`). */
export function rawDatagramSockets(): ((address: string, port: number) => DatagramSocket) | undefined {
  const found = bindings();
  return found && ((address, port) => bound(found, address, port));
}

function bindings(): Bindings | undefined {
  const found = nodeInternals('udp_wrap') as Partial<Bindings> | undefined;
  return typeof found?.UDP === 'function' && typeof found.SendWrap === 'function' ? (found as Bindings) : undefined;
}

/** A socket that this process inherited; undefined where there are no bare handles, or it is none. */
export function inheritedSocket(fd: number, ipv6: boolean): DatagramSocket | undefined {
  const found = bindings();
  if (found === undefined) return undefined;
  const handle = new found.UDP();
  if (handle.open(fd) === 0) return new RawDatagramSocket(found, handle, ipv6);
  handle.close();
  return undefined;
}

function bound(found: Bindings, address: string, port: number): RawDatagramSocket {
  const handle = new found.UDP();
  const ipv6 = isIpv6(address);
  const status = ipv6 ? handle.bind6(address, port, 0) : handle.bind(address, port, 0);
  if (status === 0) return new RawDatagramSocket(found, handle, ipv6);
  handle.close();
  const code = getSystemErrorName(status);
  throw Object.assign(new Error(`bind ${code} ${hostPort({ address, port })}`), { code });
}

class RawDatagramSocket implements DatagramSocket {
  readonly #bindings: Bindings;
  readonly #handle: UdpHandle;
  readonly #ipv6: boolean;
  /** One for all sends, replaced when a send has not been done at once. */
  #request: SendRequest;
  #list: Uint8Array[] = [new Uint8Array(0)];

  constructor(bindings: Bindings, handle: UdpHandle, ipv6: boolean) {
    this.#bindings = bindings;
    this.#request = new bindings.SendWrap();
    this.#handle = handle;
    this.#ipv6 = ipv6;
  }

  send(bytes: Uint8Array, port: number, address: string): string | undefined {
    let [outgoing] = this.#list as [Uint8Array];
    if (outgoing.length !== bytes.length) {
      outgoing = new Uint8Array(bytes.length);
      this.#list[0] = outgoing;
    }
    outgoing.set(bytes);
    const status = this.#ipv6
      ? this.#handle.send6(this.#request, this.#list, 1, port, address, false)
      : this.#handle.send(this.#request, this.#list, 1, port, address, false);
    if (status > 0) return undefined;
    if (status < 0) return getSystemErrorName(status);
    this.#request.list = this.#list; // keeps the bytes until they are sent
    this.#request = new this.#bindings.SendWrap();
    this.#list = [new Uint8Array(bytes.length)];
    return undefined;
  }

  receive(listener: DatagramListener): void {
    this.#handle.onmessage = (count, _handle, bytes, { port, address }) => {
      if (count >= 0 && bytes !== undefined) listener(bytes, port, address);
    };
    this.#handle.recvStart();
  }

  close(): void {
    this.#handle.close();
  }
}
