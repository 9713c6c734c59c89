import { type AddressFamily, familyOf } from '../../model/input/address-family.ts';
import { RAW_SOCKET_TOOL } from '../../model/input/flood-traits.ts';
import { CtloadError } from '../../platform/errors.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { DatagramSocket } from './datagram-socket.ts';
import { inheritedSocket } from './raw-datagram-socket.ts';

const VARIABLE: Readonly<Record<AddressFamily, string>> = { ipv4: 'CTLOAD_ICMP_FD', ipv6: 'CTLOAD_ICMPV6_FD' };
/** Constants of Linux: PF_INET and PF_INET6; IPPROTO_ICMP and IPPROTO_ICMPV6. */
const PROTOCOL: Readonly<Record<AddressFamily, readonly [domain: number, protocol: number]>> = { ipv4: [2, 1], ipv6: [10, 58] };
const SOCK_RAW = 3;
/** Types of an echo request and of its reply (RFC 792, RFC 4443). */
const TYPES: Readonly<Record<AddressFamily, readonly [request: number, reply: number]>> = { ipv4: [8, 0], ipv6: [128, 129] };
const HEADER = 8;

/**
 * Runs a program with raw ICMP sockets that it inherits: Node has no call that opens any, but sends and receives on one that is open
 * (uv_udp_open does not look at the type). A family that the kernel has not is left out. Needs CAP_NET_RAW in the namespace.
 */
export const WITH_ECHO_SOCKETS: readonly string[] = [
  RAW_SOCKET_TOOL,
  '-e',
  [
    '$^F = 255;', // descriptors up to this stay open over exec
    ...(['ipv4', 'ipv6'] as const).map((family) => {
      const [domain, protocol] = PROTOCOL[family];
      return `$ENV{${VARIABLE[family]}} = fileno $${family} if socket $${family}, ${domain}, ${SOCK_RAW}, ${protocol};`;
    }),
    'exec @ARGV or die "$ARGV[0]: $!\\n";',
  ].join(' '),
  '--',
];

/** One echo request, or the reply to one. */
export interface Echo {
  /** 16 bits. Conntrack has an entry for each pair of addresses and identifier. */
  readonly identifier: number;
  /** 16 bits, of no account to conntrack. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** The process's one ICMP socket of a family: all messages to its namespace come to it. */
export class EchoSocket {
  readonly #family: AddressFamily;
  readonly #socket: DatagramSocket;
  readonly #listeners = new Set<(reply: Echo) => void>();

  private constructor(family: AddressFamily, socket: DatagramSocket) {
    this.#family = family;
    this.#socket = socket;
    socket.receive((bytes) => {
      const reply = parseReply(family, bytes);
      if (reply !== undefined) for (const listener of this.#listeners) listener(reply);
    });
  }

  static readonly #open = new Map<AddressFamily, EchoSocket>();

  /** @throws {CtloadError} exit 112 when the process was not given such a socket. */
  static of(family: AddressFamily): EchoSocket {
    const open = EchoSocket.#open.get(family);
    if (open !== undefined) return open;
    const fd = Number(process.env[VARIABLE[family]] ?? Number.NaN);
    const socket = Number.isNaN(fd) ? undefined : inheritedSocket(fd, family === 'ipv6');
    if (socket === undefined) {
      throw new CtloadError('no raw ICMP socket for the echo requests', {
        hint: 'they need CAP_NET_RAW, and a Node that gives access to its UDP handles (CTLOAD_SOCKETS=node does without)',
        exitCode: ExitCode.hostUnfit,
      });
    }
    const opened = new EchoSocket(family, socket);
    EchoSocket.#open.set(family, opened);
    return opened;
  }

  /** Returns the errno's name when the kernel refused it. */
  send(echo: Echo, address: string): string | undefined {
    return this.#socket.send(echoRequest(familyOf(address), echo), 0, address);
  }

  listen(listener: (reply: Echo) => void): void {
    this.#listeners.add(listener);
  }

  /** Closes the socket when nobody listens any more. */
  unlisten(listener: (reply: Echo) => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0 || EchoSocket.#open.get(this.#family) !== this) return;
    EchoSocket.#open.delete(this.#family);
    this.#socket.close();
  }
}

/** The message; the kernel itself fills in the checksum of IPv6's (RFC 3542). */
export function echoRequest(family: AddressFamily, { identifier, sequence, payload }: Echo): Buffer {
  const message = Buffer.alloc(HEADER + payload.length);
  message[0] = TYPES[family][0];
  message.writeUInt16BE(identifier, 4);
  message.writeUInt16BE(sequence, 6);
  message.set(payload, HEADER);
  if (family === 'ipv4') message.writeUInt16BE(checksum(message), 2);
  return message;
}

/** The reply in what a raw socket received, which for IPv4 starts with the IP header; undefined for any other message. */
export function parseReply(family: AddressFamily, bytes: Buffer): Echo | undefined {
  const start = family === 'ipv4' ? ((bytes[0] ?? 0) & 0x0f) * 4 : 0;
  if (bytes.length < start + HEADER || bytes[start] !== TYPES[family][1]) return undefined;
  return {
    identifier: bytes.readUInt16BE(start + 4),
    sequence: bytes.readUInt16BE(start + 6),
    payload: bytes.subarray(start + HEADER),
  };
}

/** RFC 1071, of a message whose checksum is still 0. */
function checksum(message: Buffer): number {
  let sum = 0;
  for (let i = 0; i < message.length; i += 2) sum += (message[i] as number) * 256 + (message[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
