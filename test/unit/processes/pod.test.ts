import { spawn as spawnProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { attachTo } from '../../../src/lab/kubernetes/attached.ts';
import { delay } from '../../../src/platform/clock.ts';
import { type Child, spawn } from '../../../src/platform/exec.ts';
import { programCommand } from '../../../src/platform/program.ts';

const started: Child[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** The first process of a pod, and connections to it as the API server makes them. */
function pod(lifetime = 60) {
  const folder = mkdtempSync(join(tmpdir(), 'ctload-pod-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = spawn(programCommand('pod', ['serve', String(lifetime), folder]));
  started.push(child);
  const connections: Child[] = [];
  const connect = async () => {
    const connection = spawn(programCommand('pod', ['attach', folder]));
    connections.push(connection);
    return connection;
  };
  return { child, connections, connect };
}

async function speaking(connect: () => Promise<Child>) {
  const attached = await attachTo(connect);
  onTestFinished(() => attached.kill('SIGKILL'));
  const heard: { type: string; id?: number; lines?: string[]; stderr?: string }[] = [];
  const until = async (met: () => boolean) => {
    while (!met()) await delay(0.02);
  };
  attached.onLine((line) => heard.push(JSON.parse(line)));
  return { attached, heard, until, output: () => heard.flatMap(({ lines = [] }) => lines) };
}

it('goes on over new connections in place of those that are lost: nothing is missing, nothing comes twice', async () => {
  const { connections, connect } = pod();
  const { attached, heard, until, output } = await speaking(connect);
  await until(() => heard.some(({ type }) => type === 'ready'));
  const script = 'i=0; while [ $i -lt 600 ]; do echo $i; i=$((i+1)); [ $((i % 20)) != 0 ] || sleep 0.05; done';
  attached.write(JSON.stringify({ type: 'spawn', id: 1, argv: ['sh', '-c', script], env: {} }));
  for (const lost of [0, 1]) {
    await until(() => output().length > 100 * (lost + 1));
    connections[lost]?.kill('SIGKILL');
    attached.write(JSON.stringify({ type: 'time', id: 100 + lost }));
  }
  await until(() => heard.some(({ type }) => type === 'exit'));
  expect(output()).toEqual(Array.from({ length: 600 }, (_, line) => String(line)));
  expect(heard.filter(({ type }) => type === 'time').map(({ id }) => id)).toEqual([100, 101]);
  expect(connections).toHaveLength(3);
});

it('ends its processes when ctload is silent, and keeps what they said until it is fetched', async () => {
  const { connect } = pod();
  const { attached, heard, until } = await speaking(connect);
  await until(() => heard.some(({ type }) => type === 'ready'));
  attached.write(JSON.stringify({ type: 'spawn', id: 1, argv: ['sh', '-c', 'echo begun; exec sleep 60'], env: {} }));
  await until(() => heard.some(({ type }) => type === 'exit'));
  expect(heard).toEqual([
    { type: 'ready' },
    { type: 'output', id: 1, lines: ['begun'] },
    { type: 'exit', id: 1, code: null, signal: 'SIGKILL', stderr: 'nothing was heard of ctload for 5 s' },
  ]);
});

it('has ended for whoever killed it, also while a new connection hangs', async () => {
  const { connections, connect } = pod();
  let hangs = false;
  const never: Child = { ...(await connect()), exited: new Promise(() => {}), onLine: () => {}, kill: () => {} };
  connections.splice(0)[0]?.kill('SIGKILL');
  let asked = 0;
  const { attached, heard, until } = await speaking(async () => {
    asked++;
    return hangs ? never : connect();
  });
  await until(() => heard.length > 0);
  hangs = true;
  connections[0]?.kill('SIGKILL');
  await until(() => asked > 1);
  attached.kill('SIGKILL');
  expect(await attached.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
});

it('is lost with its first process', async () => {
  const { child, connect } = pod();
  const { attached, heard, until } = await speaking(connect);
  await until(() => heard.length > 0);
  child.kill('SIGKILL');
  expect(await attached.exited).toMatchObject({ code: 1, stderr: 'its first process closed the connection' });
});

it('is not there where nothing serves', async () => {
  let tried = 0;
  const attached = await attachTo(async () => {
    tried++;
    return spawn(['sh', '-c', 'echo pods "x" not found >&2; exit 126']);
  });
  expect((await attached.exited).code).toBe(126);
  expect(tried).toBe(1);
});

it('ends with its connection where it is alone, also while nobody reads what it says', async () => {
  const [file = '', ...args] = programCommand('pod', ['alone']);
  const alone = spawnProcess(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void alone.kill('SIGKILL'));
  await once(alone.stdout, 'readable');
  // More than the pipe holds.
  alone.stdin.write(`${JSON.stringify({ type: 'spawn', id: 1, argv: ['seq', '200000'], env: {} })}\n`);
  await delay(0.3);
  alone.stdin.end();
  expect(await once(alone, 'exit')).toEqual([0, null]);
});
