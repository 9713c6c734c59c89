import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hostBy, spawn } from '../../../../src/platform/exec.ts';
import { RemoteProcess } from '../../../../src/platform/remote/parent-side.ts';
import type { Message } from '../../../../src/platform/remote/protocol.ts';
import { scriptedHost } from './scripted.ts';

/** A host on which every program is this shell script. */
const shell = (script: string) => hostBy('client', () => spawn(['sh', '-c', script]));
const agent = (script: string) => new RemoteProcess<Message, Message>(shell(script), 'agent');

describe('a program that dies', () => {
  it('while it writes a message: the complete ones arrive, and `lost` says how it ended', async () => {
    const process = agent(`echo '{"type":"ready"}'; echo '{"type":"tick"}'; printf '{"type":"tick","loads":['; kill -KILL $$`);
    const received: unknown[] = [];
    process.listen((message) => received.push(message));
    expect(await process.ready()).toEqual({ type: 'ready' });
    expect(await process.lost).toBe(`agent on client (pid ${process.pid}) ended: killed by SIGKILL`);
    expect(received).toEqual([{ type: 'tick' }]);
  });

  it('while it starts: its own reason if it gave one, else what it wrote to stderr, or the signal', async () => {
    const reasonOf = (script: string) =>
      agent(script)
        .ready()
        .then(String, (error: Error) => error.message);
    expect(await reasonOf(`echo '{"type":"failed","message":"no such table"}'; exit 1`)).toMatch(
      /^agent on client \(pid \d+\): no such table$/,
    );
    const crash = `printf 'node:fs:1\\n\\nTypeError: x is not a function\\n    at open\\n' >&2; exit 1`;
    expect(await reasonOf(crash)).toMatch(/: exit code 1: TypeError: x is not a function$/);
    expect(await reasonOf('kill -TERM $$')).toMatch(/: killed by SIGTERM$/);
  });

  it('while it is asked: there is no answer', async () => {
    const process = agent(`echo '{"type":"ready"}'; read command; exit 3`);
    await process.ready();
    expect(await process.ask({ type: 'count' })).toBeUndefined();
    expect(await process.lost).toMatch(/ended: exit code 3$/);
  });
});

it('a program that is not ready in time is not waited for', async () => {
  const { host } = scriptedHost('client');
  const process = new RemoteProcess(host, 'agent');
  await expect(process.ready(0.01)).rejects.toThrow('agent on client: not ready after 0.01 s');
  await process.kill();
});

it('a program that its owner ends is not lost', async () => {
  const { host } = scriptedHost('client', (child, command) => {
    if (command?.type === 'stop') child.exit({ code: 0 });
  });
  const ended = [new RemoteProcess(host, 'agent'), new RemoteProcess(host, 'agent'), new RemoteProcess(host, 'agent')];
  await ended[0]?.close();
  await ended[1]?.close({ command: { type: 'stop' } });
  await ended[2]?.kill();
  expect(await Promise.race([...ended.map(({ lost }) => lost), Promise.resolve('not lost')])).toBe('not lost');
});

describe('a program that gives no sign of life', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const ready = { type: 'ready' };
  const seconds = (many: number) => vi.advanceTimersByTimeAsync(many * 1000);

  it('for a minute is killed, and lost', async () => {
    const { host, children } = scriptedHost('client');
    const process = new RemoteProcess(host, 'agent');
    await seconds(90); // it still starts
    children[0]?.say(ready);
    await seconds(59);
    children[0]?.say({ type: 'alive' });
    await seconds(59);
    children[0]?.say({ type: 'tick' });
    await seconds(59);
    expect(children[0]?.ended).toBe(false);
    await seconds(1);
    expect(children[0]?.ended).toBe(true);
    expect(await process.lost).toBe('agent on client gave no sign of life for 60 s and was killed');
  });

  it('and cannot be killed is given up', async () => {
    const { host, children } = scriptedHost('client');
    const immortal = hostBy('client', (argv) => Object.assign(host.spawn(argv), { kill: () => {} }));
    const process = new RemoteProcess<Message, Message>(immortal, 'entries');
    children[0]?.say(ready);
    const answer = process.ask({ type: 'load' });
    await seconds(71);
    expect(await answer).toBeUndefined();
    expect(await process.exited).toMatchObject({ code: null, signal: null });
    expect(await process.lost).toBe('entries on client gave no sign of life for 60 s and could not be killed');
  });

  it('when it is to end by itself does not keep its owner waiting', async () => {
    const { host, children } = scriptedHost('gateway');
    const stopped = hostBy('gateway', (argv) => Object.assign(host.spawn(argv), { end: () => {} }));
    const process = new RemoteProcess(stopped, 'entries');
    children[0]?.say(ready);
    const finished = process.finish();
    await seconds(60);
    expect(await finished).toMatchObject({ signal: 'SIGKILL' });
    expect(await Promise.race([process.lost, Promise.resolve('not lost')])).toBe('not lost');
  });
});

it('that a program is alive is no answer', async () => {
  const { host, children } = scriptedHost('client');
  const process = new RemoteProcess<Message, Message>(host, 'agent');
  const others: Message[] = [];
  process.listen((message) => others.push(message));
  children[0]?.say({ type: 'alive' }, { type: 'ready' });
  const answer = process.ask({ type: 'a' });
  children[0]?.say({ type: 'alive' }, { type: 'first' }, { type: 'alive' });
  expect(await answer).toEqual({ type: 'first' });
  expect(others).toEqual([]);
});

it('answers belong to the commands in their order, everything else to the listener', async () => {
  const { host, children } = scriptedHost('client');
  const process = new RemoteProcess<Message, Message>(host, 'agent');
  const others: Message[] = [];
  process.listen((message) => others.push(message));
  const answers = [process.ask({ type: 'a' }), process.ask({ type: 'b' })];
  children[0]?.say({ type: 'ready' }, { type: 'first' }, { type: 'second' }, { type: 'third' });
  expect(await Promise.all(answers)).toEqual([{ type: 'first' }, { type: 'second' }]);
  expect(others).toEqual([{ type: 'third' }]);
});
