import { createHash, randomBytes } from 'node:crypto';
import { bracketed, hostPort } from '../../model/input/address-family.ts';
import type { Endpoint } from '../../model/input/lab.ts';
import { type HttpHead, hasToken, parseHead } from '../http/http-head.ts';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY_BYTES = 16;
const KEY = /^[+/\dA-Za-z]{22}==$/;
const STATUS_LINE = /^HTTP\/1\.1 ([1-9]\d\d)(?: .*)?$/;

/** A key for one handshake (RFC 6455 §4.1). */
export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** The answer that proves that the server understood (RFC 6455 §4.2.2). */
export function acceptFor(key: string): string {
  return createHash('sha1').update(key).update(GUID).digest('base64');
}

/** Asks for a WebSocket, without subprotocols and extensions. */
export function upgradeRequest({ address, port }: Endpoint, key: string): string {
  return [
    'GET / HTTP/1.1',
    `Host: ${port === 80 ? bracketed(address) : hostPort({ address, port })}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    '\r\n',
  ].join('\r\n');
}

/** What came back: the HTTP status (101 only when the handshake is valid to the letter), or `malformed`. */
export function statusOfUpgrade(head: string, accept: string): number | 'malformed' {
  const { line = '', fields } = parseHead(head) ?? {};
  const status = Number(STATUS_LINE.exec(line)?.[1]);
  if (fields === undefined || Number.isNaN(status)) return 'malformed';
  if (status !== 101) return status;
  const valid =
    fields.get('upgrade')?.toLowerCase() === 'websocket' &&
    hasToken(fields.get('connection'), 'upgrade') &&
    fields.get('sec-websocket-accept') === accept &&
    !fields.has('sec-websocket-extensions') &&
    !fields.has('sec-websocket-protocol');
  return valid ? 101 : 'malformed';
}

/** The server's answer to a request that asks for a WebSocket; undefined when it does not, or not as RFC 6455 §4.2.1 wants it. */
export function upgradeAnswer({ line, fields }: HttpHead): string | undefined {
  const key = fields.get('sec-websocket-key') ?? '';
  const asked =
    line.startsWith('GET ') &&
    fields.get('upgrade')?.toLowerCase() === 'websocket' &&
    hasToken(fields.get('connection'), 'upgrade') &&
    fields.get('sec-websocket-version') === '13' &&
    KEY.test(key);
  if (!asked) return undefined;
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`;
}
