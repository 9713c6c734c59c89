import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findEndpoint } from '../../../../src/lab/docker/endpoint.ts';
import { connectEngine } from '../../../../src/lab/docker/engine.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ctload-engine-'));
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

function connect(socket: string) {
  return connectEngine(findEndpoint({ DOCKER_HOST: `unix://${socket}` }));
}

/** A socket that answers like an engine of API `version`. */
async function engine(version: string): Promise<string> {
  const socket = join(folder, 'docker.sock');
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        request.url?.includes('version')
          ? { ApiVersion: version, Version: `v${version}` }
          : { SecurityOptions: ['name=rootless'] },
      ),
    );
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  return socket;
}

test('an engine that answers', async () => {
  expect(await connect(await engine('1.51'))).toMatchObject({ version: 'v1.51', rootless: true });
});

test('an engine from before 20.10', async () => {
  await expect(connect(await engine('1.40'))).rejects.toMatchObject({
    exitCode: 112,
    message: expect.stringContaining('too old: v1.40'),
  });
});

test('no socket', async () => {
  await expect(connect(join(folder, 'none.sock'))).rejects.toMatchObject({
    exitCode: 112,
    message: expect.stringContaining('Docker engine not found'),
    hint: expect.stringContaining('DOCKER_HOST'),
  });
});

test('an engine that hangs up without an answer', async () => {
  const socket = join(folder, 'mute.sock');
  server = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  await expect(connect(socket)).rejects.toMatchObject({
    exitCode: 112,
    message: expect.stringContaining('no answer from the Docker engine'),
    hint: expect.stringContaining('start'),
  });
});

test('a socket nobody listens on', async () => {
  const socket = join(folder, 'stale.sock');
  writeFileSync(socket, '');
  await expect(connect(socket)).rejects.toMatchObject({ exitCode: 112, hint: expect.stringContaining('start') });
});
