import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { BackendBehaviour } from '../../../../src/load/protocol/messages.ts';
import { BackendServer } from '../../../../src/load/servers/backend-server.ts';
import { listenNet } from '../../../../src/load/sockets/net-connection.ts';
import { rawListener } from '../../../../src/load/sockets/raw-connection.ts';

const raw = rawListener();
const WAYS = [{ way: 'net.Server', listen: listenNet }, ...(raw === undefined ? [] : [{ way: 'bare handles', listen: raw }])];
const ADDRESS = '127.0.0.1';
const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 2 });

describe.each(WAYS)('the backend by $way', ({ listen }) => {
  let server: BackendServer | undefined;
  const sockets: { destroy(): void }[] = [];
  const serve = async (behaviour: Partial<BackendBehaviour> = {}, stale = false): Promise<number> => {
    server = new BackendServer({ delaySeconds: 0, status: 200, backlog: 128, keepsAlive: false, ...behaviour }, listen);
    const any = { address: ADDRESS, port: 0 };
    const [endpoint] = await server.listen(stale ? [] : [any], stale ? [any] : []);
    return endpoint?.port ?? 0;
  };
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server?.close();
  });

  const client = (port: number) => {
    const undici = new Client(`http://${ADDRESS}:${port}`);
    sockets.push({ destroy: () => void undici.destroy() });
    return undici;
  };
  /** Says `text` by hand, in pieces if it is several, and resolves with all that came back until the server ended. */
  const say = async (port: number, ...pieces: string[]): Promise<string> => {
    const socket = connect({ host: ADDRESS, port, allowHalfOpen: true }).setNoDelay(true);
    sockets.push(socket);
    const ended = once(socket, 'end');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    for (const piece of pieces) {
      socket.write(piece, 'latin1');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await ended;
    return heard;
  };
  const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

  it('answers undici, one connection a request', async () => {
    const undici = client(await serve());
    for (let i = 0; i < 3; i++) {
      const { statusCode, headers, body } = await undici.request({ path: '/', method: 'GET' });
      expect([statusCode, headers['connection'], await body.text()]).toEqual([200, 'close', 'ok\n']);
    }
    expect(server?.counts()).toEqual({ connections: 3, requests: 3, upgrades: 0, stale: 0 });
  });

  it('lets a body come in that nobody reads, and still answers', async () => {
    const undici = client(await serve());
    const { statusCode, body } = await undici.request({ path: '/', method: 'POST', body: Buffer.alloc(300_000) });
    expect([statusCode, await body.text()]).toEqual([200, 'ok\n']);
  });

  it('answers HEAD, HTTP/1.0 and requests in pieces', async () => {
    const port = await serve();
    expect(await say(port, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 3\r\n\r\n$/,
    );
    expect(await say(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/\r\n\r\nok\n$/);
    expect(await say(port, ...GET)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok\n$/);
    expect(server?.counts().requests).toBe(3);
  });

  it('ignores requests behind the first, and offers to change the protocol', async () => {
    const port = await serve();
    const h2c = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n';
    for (const text of [GET + GET, h2c]) expect((await say(port, text)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
  });

  it.each([
    ['no HTTP', '\x16\x03\x01\x02\x00\r\n\r\n'],
    ['a folded field', 'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nA : b\r\n\r\n'],
    ['a head without end', `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(3000)}`],
    [
      'an upgrade without a key',
      'GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
    ],
  ])('refuses %s', async (_, text) => {
    expect(await say(await serve(), text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(server?.counts()).toEqual({ connections: 1, requests: 0, upgrades: 0, stale: 0 });
  });

  it('keeps a connection unless it is told to close it, one request at a time', async () => {
    const keep = GET.replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n');
    const socket = connect(await serve({ keepsAlive: true }), ADDRESS);
    for (const request of [keep, GET, keep]) {
      socket.write(request);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\nconnection: keep-alive\r\n.*ok\n$/s);
    }
    socket.write(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    await once(socket.resume(), 'end');
    expect(server?.counts()).toEqual({ connections: 1, requests: 4, upgrades: 0, stale: 0 });
  });

  it('answers as ill as it is told to', async () => {
    expect(await say(await serve({ status: 503 }), GET)).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
  });

  it('sends no body with a status that has none', async () => {
    expect(await say(await serve({ status: 204 }), GET)).toBe('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n');
  });

  it('answers as late as it is told to, whoever has gone meanwhile', async () => {
    const port = await serve({ delaySeconds: 0.1 });
    const gone = connect(port, ADDRESS).on('error', () => {});
    gone.write(GET);
    await soon(() => expect(server?.counts().requests).toBe(1));
    gone.resetAndDestroy();
    const before = performance.now();
    const answers = await Promise.all([say(port, GET), say(port, GET)]);
    expect(performance.now() - before).toBeGreaterThan(95);
    expect(answers.every((answer) => answer.endsWith('ok\n'))).toBe(true);
  });

  it('opens WebSockets for ws, answers pings and closes, drops messages', async () => {
    const socket = new WebSocket(`ws://${ADDRESS}:${await serve({ delaySeconds: 9 })}/`);
    await once(socket, 'open');
    socket.send('text');
    socket.send(Buffer.alloc(70_000));
    for (const payload of ['', 'are you there?']) {
      const ponged = once(socket, 'pong');
      socket.ping(payload);
      expect(String((await ponged)[0])).toBe(payload);
    }
    const closed = once(socket, 'close');
    socket.close(1000, 'done');
    expect((await closed)[0]).toBe(1000);
    expect(server?.counts()).toEqual({ connections: 1, requests: 0, upgrades: 1, stale: 0 });
  });

  it('closes a WebSocket whose client does not mask', async () => {
    const socket = new WebSocket(`ws://${ADDRESS}:${await serve()}/`);
    const raised = once(socket, 'upgrade') as Promise<[{ socket: Socket }]>;
    await once(socket, 'open');
    (await raised)[0].socket.write(Buffer.from([0x89, 0x00]));
    expect((await once(socket, 'close'))[0]).toBe(1002);
  });

  it('resets stale connections as soon as they are accepted', async () => {
    server = new BackendServer(undefined, listen);
    const taken = await portOf(listen);
    await server.listen([], [{ address: ADDRESS, port: taken }]);
    const socket = connect(taken, ADDRESS);
    expect((await once(socket, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(server.counts()).toEqual({ connections: 0, requests: 0, upgrades: 0, stale: 1 });
  });

  it('says what it cannot listen on', async () => {
    const port = await serve();
    const second = new BackendServer(undefined, listen);
    await expect(second.listen([{ address: ADDRESS, port }], [])).rejects.toThrow(/EADDRINUSE.*127\.0\.0\.1:/);
  });
});

/** One that is free. */
async function portOf(listen: typeof listenNet): Promise<number> {
  const { endpoint, close } = await listen({ address: ADDRESS, port: 0 }, 1, () => {});
  close();
  return endpoint.port;
}
