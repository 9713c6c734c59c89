import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DatagramSocket } from '../../../../src/load/sockets/datagram-socket.ts';
import { openDgramSocket } from '../../../../src/load/sockets/dgram-socket.ts';
import { openDatagramSocket } from '../../../../src/load/sockets/open-datagram-socket.ts';
import { errnoOf } from '../../../../src/platform/errors.ts';

/** A server of Node's own that sends back what it gets; its port. */
async function echo(): Promise<number> {
  const server = createSocket('udp4', (bytes, { port, address }) => server.send(bytes, port, address));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server.address().port;
}

describe.each([
  ['a bare handle', openDatagramSocket],
  ['node:dgram', openDgramSocket],
])('%s', (_, open) => {
  it('sends bytes that may change afterwards, and gets the answers with where they come from', async () => {
    const port = await echo();
    const socket: DatagramSocket = open('127.0.0.1', 0);
    onTestFinished(() => socket.close());
    const answers: string[] = [];
    const all = new Promise<void>((resolve) =>
      socket.receive((bytes, fromPort, address) => {
        answers.push(`${bytes.toString('latin1')} ${address}:${fromPort}`);
        if (answers.length === 3) resolve();
      }),
    );
    const bytes = Buffer.alloc(2);
    for (const text of ['aa', 'bb', 'cc']) {
      bytes.write(text);
      expect(socket.send(bytes, port, '127.0.0.1')).toBeUndefined();
    }
    await all;
    expect(answers.sort()).toEqual(['aa', 'bb', 'cc'].map((text) => `${text} 127.0.0.1:${port}`));
  });

  it('tells at once when the port is taken', async () => {
    const port = await echo();
    let code: string | undefined;
    try {
      open('127.0.0.1', port);
    } catch (error) {
      code = errnoOf(error);
    }
    expect(code).toBe('EADDRINUSE');
  });
});

it('tells what the kernel refuses', () => {
  const socket = openDatagramSocket('127.0.0.1', 0);
  onTestFinished(() => socket.close());
  expect(socket.send(Buffer.alloc(70_000), 9, '127.0.0.1')).toBe('EMSGSIZE');
});
