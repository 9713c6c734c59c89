import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectByNet } from '../../../../src/load/sockets/net-connection.ts';
import { rawConnect } from '../../../../src/load/sockets/raw-connection.ts';
import type { TcpConnection } from '../../../../src/load/sockets/tcp-connection.ts';

/** Waits for what happens at once on a machine that has nothing else to do. */
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 2 });

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const raw = rawConnect();
const WAYS = [{ way: 'net.Socket', open: connectByNet }, ...(raw === undefined ? [] : [{ way: 'a bare handle', open: raw }])];

describe.each(WAYS)('a connection by $way', ({ open }) => {
  let server: Server;
  let accepted: Promise<Socket>;
  let port: number;

  beforeEach(async () => {
    server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    accepted = once(server, 'connection').then(([socket]: Socket[]) => socket as Socket);
    accepted.catch(() => {});
  });
  afterEach(() => server.close());

  /** An open wire, or the errno. */
  const connect = (to: number, localPort?: number) =>
    new Promise<TcpConnection | string>((resolve) => {
      const destination = { address: '127.0.0.1', port: to, ...(localPort === undefined ? {} : { localPort }) };
      const wire = open(destination, (errno) => resolve(errno ?? wire));
    });
  const opened = async () => (await connect(port)) as TcpConnection;

  it('is up once it is told so', async () => {
    const wire = await opened();
    expect(wire.isUp()).toBe(true);
    wire.close();
    wire.close();
    expect(wire.isUp()).toBe(false);
    (await accepted).destroy();
  });

  it('names the errno', async () => {
    server.close();
    await once(server, 'close');
    expect(await connect(port)).toBe('ECONNREFUSED');
  });

  it('binds the local port asked for, and says when it is taken', async () => {
    const first = await opened();
    const { localPort = 0 } = first.socket();
    expect(await connect(port, localPort)).toBe('EADDRINUSE');
    first.close();
    (await accepted).destroy();
  });

  it.each([
    ['close', 'end'],
    ['reset', 'error'],
  ] as const)('%s: the other side sees %s', async (how, event) => {
    const wire = await opened();
    const peer = await accepted;
    peer.resume();
    const [seen] = await Promise.all([once(peer, event), wire[how]()]);
    if (event === 'error') expect(seen[0]).toMatchObject({ code: 'ECONNRESET' });
    peer.destroy();
  });

  it('is a socket for whoever needs one', async () => {
    const wire = await opened();
    const socket = wire.socket();
    socket.write('ping');
    const peer = await accepted;
    expect(String((await once(peer, 'data'))[0])).toBe('ping');
    peer.end('pong');
    expect(String((await once(socket, 'data'))[0])).toBe('pong');
    wire.close();
    peer.destroy();
  });

  it.each([
    ['closes', undefined, (peer: Socket) => peer.end()],
    ['resets', 'ECONNRESET', (peer: Socket) => peer.resetAndDestroy()],
  ] as const)('watched, tells once when the other side %s, whatever it sent before', async (_, errno, end) => {
    const wire = await opened();
    let ends = 0;
    const peer = await accepted;
    let ended: Promise<string | undefined> | undefined;
    await new Promise<void>((received) => {
      ended = new Promise((resolve) => {
        wire.receive(
          () => received(),
          (how) => {
            ends++;
            resolve(how);
          },
        );
      });
      peer.write('data that nobody wants');
    });
    expect(ends).toBe(0);
    end(peer);
    expect(await ended).toBe(errno);
    wire.close();
    expect(ends).toBe(1);
    peer.destroy();
  });

  it('sends text and bytes, and hands over what comes', async () => {
    const wire = await opened();
    const peer = await accepted;
    wire.send('caf\u00e9 ');
    wire.send(Buffer.from('bytes'));
    let seen = '';
    peer.on('data', (chunk) => {
      seen += chunk.toString('latin1');
    });
    await soon(() => expect(seen).toBe('caf\u00e9 bytes'));
    let first = '';
    wire.receive((chunk) => {
      first += chunk.toString('latin1');
    }, ignore);
    peer.write('one');
    await soon(() => expect(first).toBe('one'));
    const second = new Promise<string>((resolve) => wire.receive((chunk) => resolve(chunk.toString('latin1')), ignore));
    peer.write('two');
    expect(await second).toBe('two');
    expect(first).toBe('one');
    wire.close();
    peer.destroy();
  });

  it('sends more than the kernel takes at once, of a buffer that nobody else holds', async () => {
    const wire = await opened();
    const peer = await accepted;
    const length = 8_000_000;
    wire.send(Buffer.alloc(length, 'x'));
    await new Promise(setImmediate);
    collectGarbage();
    let seen = 0;
    peer.on('data', (chunk) => {
      seen += chunk.filter((byte) => byte === 0x78).length;
    });
    await soon(() => expect(seen).toBe(length));
    wire.close();
    peer.destroy();
  });

  it('goes on sending, over this and other connections, while the kernel has not taken all', async () => {
    const peers: Socket[] = [];
    server.on('connection', (peer) => peers.push(peer));
    const [slow, other] = [await opened(), await opened()];
    await soon(() => expect(peers).toHaveLength(2));
    const length = 8_000_000;
    slow.send(Buffer.alloc(length, 'x'));
    for (const part of ['a', 'b']) {
      other.send(part);
      slow.send(part);
      slow.send(Buffer.from(part));
    }
    const seen = ['', ''];
    for (const [index, peer] of peers.entries()) {
      peer.on('data', (chunk) => {
        seen[index] += chunk.toString('latin1');
      });
    }
    await soon(() => expect(seen.map((text) => text.length)).toEqual([length + 4, 2]));
    expect([seen[0]?.slice(length - 1), seen[1]]).toEqual(['xaabb', 'ab']);
    slow.close();
    other.close();
    for (const peer of peers) peer.destroy();
  });

  it('never tells anything after close', async () => {
    let told = false;
    const wire = open({ address: '127.0.0.1', port }, () => {
      told = true;
    });
    wire.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toBe(false);
  });
});

it('bare handles are to be had on Node 20; another may do without', () => {
  if (process.versions.node.startsWith('20.')) expect(raw).toBeDefined();
});

function ignore(): void {}
