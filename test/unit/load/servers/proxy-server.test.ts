import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ProxyServer } from '../../../../src/load/servers/proxy-server.ts';
import type { Endpoint } from '../../../../src/model/input/lab.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listening(onConnection: (socket: Socket) => void): Promise<Endpoint> {
  const server = createServer({ allowHalfOpen: true }, onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return endpointOf(server);
}

function endpointOf(server: Server): Endpoint {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return { address: address.address, port: address.port };
}

/** A proxy in front of `to`, and a client connected to it. */
async function through(to: Endpoint): Promise<Socket> {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const from = endpointOf(free);
  free.close();
  await once(free, 'close');
  const proxy = new ProxyServer();
  await proxy.listen([{ from, to }]);
  closing.push(() => proxy.close());
  const client = new Socket({ allowHalfOpen: true });
  client.connect(from.port, from.address);
  await once(client, 'connect');
  closing.push(() => client.destroy());
  return client;
}

it('hands on bytes and half-closes in both directions', async () => {
  const to = await listening((socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => socket.end(`got ${text}`)); // only after the client has finished
  });
  const client = await through(to);
  let answer = '';
  client.setEncoding('utf8').on('data', (chunk) => {
    answer += chunk;
  });
  client.end('hello');
  await once(client, 'close');
  expect(answer).toBe('got hello');
});

it('resets one end when the other is reset', async () => {
  const to = await listening((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const client = await through(to);
  client.write('x');
  const [error] = await once(client, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

it('resets a client it has no backend for', async () => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const to = endpointOf(gone);
  gone.close();
  await once(gone, 'close');
  const client = await through(to);
  const [error] = await once(client, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

it('lets go of the backend when its client goes', async () => {
  let gone: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const to = await listening((socket) => {
    socket.on('error', () => {}).on('close', gone);
    socket.write('hello');
  });
  const client = await through(to);
  await once(client, 'data');
  client.resetAndDestroy();
  await closed;
});
