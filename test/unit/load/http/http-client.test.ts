import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directExchanger } from '../../../../src/load/http/direct-http-client.ts';
import { undiciExchanger } from '../../../../src/load/http/undici-http-client.ts';
import { connectByNet } from '../../../../src/load/sockets/net-connection.ts';
import { rawConnect } from '../../../../src/load/sockets/raw-connection.ts';
import { Attempt } from '../../../../src/load/tally/attempt.ts';

const raw = rawConnect();
const WIRES = [{ wire: 'net.Socket', open: connectByNet }, ...(raw === undefined ? [] : [{ wire: 'a bare handle', open: raw }])];
const WAYS = WIRES.flatMap((way) => [
  { ...way, client: 'undici', exchanger: undiciExchanger },
  { ...way, client: 'itself', exchanger: directExchanger },
]);

describe.each(WAYS)('a request by $client over $wire', ({ open, client, exchanger }) => {
  let server: Server;
  let answer: (peer: Socket) => void;
  let request: string;
  let port: number;
  /** How the server saw the connection end. */
  let parting: Promise<string>;

  beforeEach(async () => {
    request = '';
    server = createServer({ allowHalfOpen: true }, (peer) => {
      parting = new Promise((resolve) => {
        peer.on('end', () => resolve('FIN')).on('error', () => resolve('RST'));
      });
      peer.on('data', (chunk) => {
        request += chunk.toString('latin1');
        if (request.endsWith('\r\n\r\n')) answer(peer);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => server.close());

  /** Everything that is told of `count` requests, one after the other, by the same exchange. */
  async function told(part: 'close' | 'reset' = 'close', count = 1): Promise<string[]> {
    const seen: string[] = [];
    let over = () => {};
    const end = (attempt: Attempt, how: string) => {
      seen.push(how);
      attempt.wire?.[part]();
      over();
    };
    const exchange = exchanger(
      { address: '127.0.0.1', port },
      {
        responseStarted: () => seen.push('head'),
        responseEnded: (attempt, status) => end(attempt, String(status)),
        responseFailed: (attempt, cause) => end(attempt, cause),
      },
    );
    for (let n = 0; n < count; n++) {
      const attempt = new Attempt(n, 0, 0);
      const ended = new Promise<void>((resolve) => {
        over = resolve;
      });
      attempt.wire = open({ address: '127.0.0.1', port }, () => {
        if (attempt.wire !== undefined) exchange(attempt, attempt.wire);
      });
      await ended;
      await new Promise((resolve) => setTimeout(resolve, 5)); // for what must not come
    }
    return seen;
  }

  const sends = (...parts: readonly string[]) => {
    answer = (peer) => {
      const next = (i: number): void => {
        const part = parts[i];
        if (part === undefined) return;
        peer.write(part, 'latin1', () => setTimeout(next, 5, i + 1));
      };
      next(0);
    };
  };

  it('is a GET for one connection', async () => {
    sends('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n');
    expect(await told()).toEqual(['head', '200']);
    expect(request).toBe(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`);
  });

  it.each([
    ['close', 'FIN'],
    ['reset', 'RST'],
  ] as const)('is over with %s: a %s leaves at once, though the other side has not closed', async (part, seen) => {
    sends('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n');
    expect(await told(part)).toEqual(['head', '200']);
    expect(await parting).toBe(seen);
  });

  it('follows another', async () => {
    answer = (peer) => {
      request = '';
      peer.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok\n');
    };
    expect(await told('close', 3)).toEqual(['head', '200', 'head', '200', 'head', '200']);
  });

  it('is not taken for the one before it, whose bytes it shares', async () => {
    const whole = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok\n';
    const answers = [whole, whole, whole.replace('200', '500'), whole.slice(0, -1), whole];
    answer = (peer) => {
      request = '';
      peer.end(answers.shift() ?? '');
    };
    expect(await told('close', 5)).toEqual(['head', '200', 'head', '200', 'head', '500', 'head', 'reset', 'head', '200']);
  });

  it.each([
    ['in parts', ['HTTP/1.1 2', '00 OK\r\nContent-Length: 5\r', '\n\r\no', 'k ok']],
    ['in chunks', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '3\r\nok\n\r\n', '0\r\n\r\n']],
    ['after an informational response', ['HTTP/1.1 103 Early Hints\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']],
  ])('is answered %s', async (_, parts) => {
    sends(...parts);
    expect(await told()).toEqual(['head', '200']);
  });

  it('is answered until the other side closes', async () => {
    answer = (peer) => peer.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of this');
    expect(await told()).toEqual(['head', '200']);
  });

  it('tells the status of an error', async () => {
    sends('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
    expect(await told()).toEqual(['head', '503']);
  });

  it.each([
    ['before the head', '', []],
    ['within the head', 'HTTP/1.1 200 OK\r\nConte', []],
    ['within the body', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nok', ['head']],
  ])('fails when the other side closes %s', async (_, part, before) => {
    answer = (peer) => peer.end(part);
    expect(await told()).toEqual([...before, 'reset']);
  });

  it('fails when the other side closes within a chunk', async () => {
    answer = (peer) => peer.end('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok');
    expect(await told()).toEqual(['head', client === 'undici' ? 'other' : 'reset']); // undici's error has no code
  });

  it('fails when the other side resets, before the response or within it', async () => {
    answer = (peer) => peer.resetAndDestroy();
    expect(await told()).toEqual(['reset']);
    request = '';
    answer = (peer) =>
      peer.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall of', () => setTimeout(() => peer.resetAndDestroy(), 20));
    expect(await told()).toEqual(['head', 'reset']);
  });

  it('fails when what comes is no response', async () => {
    sends('SSH-2.0-OpenSSH_9.2\r\n');
    expect(await told()).toEqual(['other']);
  });
});
