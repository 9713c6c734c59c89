import { describe, expect, it } from 'vitest';
import { RemoteProcess } from '../../../../src/platform/remote/parent-side.ts';
import { ProcessPool } from '../../../../src/platform/remote/pool.ts';
import type { Message } from '../../../../src/platform/remote/protocol.ts';
import { scriptedHost } from './scripted.ts';

describe('ProcessPool', () => {
  it('names the first program that did not start, and ends all', async () => {
    const { host, children } = scriptedHost('client', (child, command) => {
      if (command?.['agent'] === 1) child.say({ type: 'failed', message: 'no memory' });
      else if (command !== undefined) child.say({ type: 'ready' });
    });
    const pool = new ProcessPool<Message & { agent: number }, Message>(
      Array.from({ length: 3 }, () => new RemoteProcess(host, 'agent')),
    );
    pool.send((agent) => ({ type: 'prepare', agent }));
    await expect(
      pool.ready('the load agents', (reason) => (reason.includes('memory') ? 'add memory' : undefined)),
    ).rejects.toMatchObject({
      message: 'the load agents did not start: agent on client: no memory',
      hint: 'add memory',
      exitCode: 100,
    });
    expect(children.map(({ ended }) => ended)).toEqual([true, true, true]);
  });

  it('without a process is ready and is never lost', async () => {
    const pool = new ProcessPool([]);
    await pool.ready('nothing');
    expect(await Promise.race([pool.lost, Promise.resolve('not lost')])).toBe('not lost');
  });
});
