import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { ProxyCommand } from '../../../../src/load/protocol/messages.ts';
import { here } from '../../../../src/platform/exec.ts';
import { RemoteProcess } from '../../../../src/platform/remote/parent-side.ts';

// The proxy stands for all programs: it needs no namespace.
const proxy = () => new RemoteProcess<ProxyCommand, never>(here, 'proxy');
const TO = { address: '127.0.0.1', port: 9 };

it('a program that cannot start gives the reason and exits with code 1', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const process = proxy();
  process.send({ type: 'listen', routes: [{ from: { address: '127.0.0.1', port }, to: TO }] });
  await expect(process.ready()).rejects.toThrow(
    `proxy on host (pid ${process.pid}): listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
  );
  expect(await process.exited).toMatchObject({ code: 1, stderr: '' });
  server.close();
});

it('a program exits when its owner closes its stdin', async () => {
  const process = proxy();
  process.send({ type: 'listen', routes: [{ from: { address: '127.0.0.1', port: 0 }, to: TO }] });
  expect(await process.ready()).toEqual({ type: 'ready' });
  expect(await process.finish()).toMatchObject({ code: 0, stderr: '' });
});

it('a program says that it is alive, as long as it runs', async () => {
  const child = here.program('proxy');
  const said: string[] = [];
  const twice = new Promise<void>((resolve) => {
    child.onLine((line) => {
      said.push(line);
      if (said.length === 2) resolve();
    });
  });
  await twice;
  expect(said).toEqual(['{"type":"alive"}', '{"type":"alive"}']);
  child.end();
  expect(await child.exited).toMatchObject({ code: 0 });
});
