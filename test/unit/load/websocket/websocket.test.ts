import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { HeldSocket } from '../../../../src/load/floods/held-socket.ts';
import { connectByNet } from '../../../../src/load/sockets/net-connection.ts';
import { rawConnect } from '../../../../src/load/sockets/raw-connection.ts';
import type { TcpConnection } from '../../../../src/load/sockets/tcp-connection.ts';
import { Attempt } from '../../../../src/load/tally/attempt.ts';
import { acceptFor, statusOfUpgrade } from '../../../../src/load/websocket/websocket-handshake.ts';

const raw = rawConnect();
const WAYS = [{ way: 'net.Socket', open: connectByNet }, ...(raw === undefined ? [] : [{ way: 'a bare handle', open: raw }])];
const ADDRESS = '127.0.0.1';

const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 2 });

/** What a held socket told, in order. */
class Witness {
  readonly told: unknown[] = [];
  socket: HeldSocket | undefined;

  upgraded(_attempt: Attempt, held: HeldSocket): void {
    this.told.push('upgraded');
    this.socket = held;
  }
  refused(_attempt: Attempt, status: number | 'malformed'): void {
    this.told.push(status);
  }
  ponged(pingedAt: number): void {
    this.told.push(`ponged ${pingedAt}`);
  }
  closed(): void {
    this.told.push('closed');
  }
}

describe.each(WAYS)('a held WebSocket by $way', ({ open }) => {
  let witness: Witness;
  let wire: TcpConnection | undefined;
  const hold = async (port: number): Promise<void> => {
    witness = new Witness();
    const errno = await new Promise((resolve) => {
      wire = open({ address: ADDRESS, port }, resolve);
    });
    expect(errno).toBeUndefined();
    if (wire !== undefined) new HeldSocket(new Attempt(7, 0, 0), wire, { address: ADDRESS, port }, witness);
  };
  const tells = (...told: unknown[]) => soon(() => expect(witness.told).toEqual(told));
  afterEach(() => wire?.close());

  describe('against ws', () => {
    let server: WebSocketServer;
    let port: number;
    let peer: WebSocket;

    beforeEach(async () => {
      server = new WebSocketServer({ host: ADDRESS, port: 0 });
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
      const connected = once(server, 'connection');
      await hold(port);
      [peer] = (await connected) as [WebSocket];
    });
    afterEach(() => {
      peer.terminate();
      server.close();
    });

    it('is upgraded, pings and is answered', async () => {
      await tells('upgraded');
      expect(witness.socket?.index).toBe(7);
      expect(witness.socket?.ping(1)).toBe(true);
      await tells('upgraded', 'ponged 1');
      expect(witness.socket?.ping(2)).toBe(true);
      await tells('upgraded', 'ponged 1', 'ponged 2');
    });

    it('sends no ping while one is unanswered', async () => {
      await tells('upgraded');
      peer.pause();
      expect(witness.socket?.ping(1)).toBe(true);
      expect(witness.socket?.ping(2)).toBe(false);
      peer.resume();
      await tells('upgraded', 'ponged 1');
    });

    it('answers pings with their payload, and takes messages of all kinds', async () => {
      await tells('upgraded');
      peer.send('text');
      peer.send('in two', { fin: false });
      peer.send(' parts', { fin: true });
      peer.send(Buffer.alloc(70_000));
      const ponged = once(peer, 'pong');
      peer.ping('are you there?');
      expect(String((await ponged)[0])).toBe('are you there?');
      expect(witness.socket?.ping(3)).toBe(true);
      await tells('upgraded', 'ponged 3');
    });

    it('is closed by a close, which it answers', async () => {
      await tells('upgraded');
      const closed = once(peer, 'close');
      peer.close(1001, 'going away');
      expect((await closed)[0]).toBe(1001);
      await tells('upgraded', 'closed');
    });

    it('tells when the connection breaks', async () => {
      await tells('upgraded');
      peer.terminate();
      await tells('upgraded', 'closed');
    });

    it('closes without a closing handshake', async () => {
      await tells('upgraded');
      const closed = once(peer, 'close');
      witness.socket?.destroy();
      expect((await closed)[0]).toBe(1006);
      expect(witness.told).toEqual(['upgraded']);
    });
  });

  describe('against what is said by hand', () => {
    let server: Server;
    let peer: Socket;
    /** What was said to the peer, one character a byte. */
    let heard = '';

    beforeEach(async () => {
      heard = '';
      server = createServer().listen(0, ADDRESS);
      await once(server, 'listening');
      const connected = once(server, 'connection');
      await hold((server.address() as AddressInfo).port);
      [peer] = (await connected) as [Socket];
      peer
        .on('error', () => {})
        .on('data', (chunk) => {
          heard += chunk.toString('latin1');
        });
      await soon(() => expect(heard).toContain('\r\n\r\n'));
    });
    afterEach(() => {
      peer.destroy();
      server.close();
    });
    const answer = () =>
      `HTTP/1.1 101 Switching Protocols\r\nconnection: keep-alive, UPGRADE\r\nupgrade: WebSocket\r\nsec-websocket-accept:${acceptFor(/Key: (\S+)/.exec(heard)?.[1] ?? '')}\r\n\r\n`;

    it('asks as RFC 6455 wants it', () => {
      expect(heard).toMatch(
        /^GET \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: [+/\w]{22}==\r\n\r\n$/,
      );
    });

    it('takes an answer and frames byte by byte', async () => {
      peer.setNoDelay(true);
      const frames = '\x8a\x00\x89\x02hi\x01\x01a\x8a\x00\x80\x01b\x8a\x00';
      for (const byte of answer() + frames) {
        peer.write(byte, 'latin1');
        await new Promise((resolve) => setImmediate(resolve));
        if (witness.told.length === 1) witness.socket?.ping(1);
      }
      await tells('upgraded', 'ponged 1'); // it was asked once: the other pongs answer nothing
      await soon(() => expect(unmasked(heard, 2)).toBe('hi'));
    });

    it('masks its pings with fresh keys', async () => {
      peer.write(`${answer()}\x8a\x00`, 'latin1');
      await tells('upgraded');
      const before = heard.length;
      for (let i = 0; i < 4; i++) {
        witness.socket?.ping(i);
        await soon(() => expect(heard.length).toBe(before + 6 * (i + 1)));
        peer.write('\x8a\x00', 'latin1');
        await soon(() => expect(witness.told.length).toBe(i + 2));
      }
      const pings = heard.slice(before).match(/[\s\S]{6}/g) ?? [];
      expect(pings.map((ping) => ping.slice(0, 2))).toEqual(Array(4).fill('\x89\x80'));
      expect(new Set(pings).size).toBeGreaterThan(1);
    });

    it.each([
      ['a masked frame', '\x8a\x80\x01\x02\x03\x04', 1002],
      ['a reserved bit', '\xca\x00', 1002],
      ['an unknown opcode', '\x83\x00', 1002],
      ['a ping in pieces', '\x09\x00', 1002],
      ['a continuation of nothing', '\x80\x00', 1002],
      ['text that is not UTF-8', '\x81\x01\xff', 1007],
      ['a length beyond measure', `\x82\x7f${'\x00'.repeat(3)}\x01${'\x00'.repeat(4)}`, 1009],
    ])('closes on %s', async (_, frame, code) => {
      peer.write(answer() + frame, 'latin1');
      await tells('upgraded', 'closed');
      await soon(() => expect(closeCode(heard)).toBe(code));
    });

    it.each([
      [403, 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'],
      [503, 'HTTP/1.1 503\r\n\r\n'],
      [200, 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nok'],
      ['malformed', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
      ['malformed', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
      ['malformed', `HTTP/1.1 101 x\r\n${'x: y\r\n'.repeat(3000)}\r\n`],
    ])('is refused: %s', async (status, text) => {
      peer.write(text);
      await tells(status);
    });

    it('tells when it is closed instead of answered', async () => {
      peer.end();
      await tells('closed');
    });
  });
});

describe('the answer to an upgrade', () => {
  // The example of RFC 6455 §1.3.
  const accept = acceptFor('dGhlIHNhbXBsZSBub25jZQ==');
  const answer = (more = '', code = accept) =>
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${code}${more}`;

  it('proves that the key was read', () => {
    expect(accept).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(statusOfUpgrade(answer(), accept)).toBe(101);
    expect(statusOfUpgrade(answer('', acceptFor('another')), accept)).toBe('malformed');
  });

  it('grants nothing that was not asked for', () => {
    expect(statusOfUpgrade(answer('\r\nSec-WebSocket-Extensions: permessage-deflate'), accept)).toBe('malformed');
    expect(statusOfUpgrade(answer('\r\nSec-WebSocket-Protocol: chat'), accept)).toBe('malformed');
    expect(statusOfUpgrade(answer('\r\n folded'), accept)).toBe('malformed');
  });
});

/** Payload of the masked frame that `bytes` end with, `length` characters. */
function unmasked(bytes: string, length: number): string {
  const frame = Buffer.from(bytes.slice(-4 - length), 'latin1');
  return String.fromCharCode(...frame.subarray(4).map((byte, i) => byte ^ (frame[i % 4] ?? 0)));
}

/** Of the masked close frame at the end of `bytes`. */
function closeCode(bytes: string): number | undefined {
  const at = bytes.lastIndexOf('\x88\x82');
  if (at < 0) return undefined;
  const [k0 = 0, k1 = 0, , , c0 = 0, c1 = 0] = Buffer.from(bytes.slice(at + 2), 'latin1');
  return ((c0 ^ k0) << 8) | (c1 ^ k1);
}
