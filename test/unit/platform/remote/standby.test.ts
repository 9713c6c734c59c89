import { describe, expect, it } from 'vitest';
import type { Child, Host } from '../../../../src/platform/exec.ts';
import { Standby } from '../../../../src/platform/remote/standby.ts';

/** A host that notes what is started and killed there; its children end when they are killed. */
function noting(name: string) {
  const started: string[] = [];
  const killed: Child[] = [];
  const spawn = (argv: readonly string[]): Child => {
    started.push(argv.join(' '));
    let exit: (exit: Awaited<Child['exited']>) => void = () => {};
    const exited = new Promise<Awaited<Child['exited']>>((resolve) => {
      exit = resolve;
    });
    const child: Child = {
      pid: started.length,
      command: argv.join(' '),
      exited,
      onLine() {},
      write() {},
      end() {},
      kill: (signal) => {
        killed.push(child);
        exit({ code: null, signal: signal ?? 'SIGTERM', stderr: '' });
      },
    };
    return child;
  };
  const host: Host = { name, spawn };
  return { host, started, killed };
}

describe('Standby', () => {
  it('hands out what was started for the same command on the same host, once each, and then starts anew', () => {
    const [client, backend] = [noting('client'), noting('backend')];
    const standby = new Standby();
    standby.start(client.host, ['agent', 'http'], 2);
    const on = standby.on(client.host);
    expect([on.spawn(['agent', 'http']).pid, on.spawn(['agent', 'http']).pid]).toEqual([1, 2]);
    expect(client.started).toHaveLength(2);
    expect(on.spawn(['agent', 'http']).pid).toBe(3);
    expect(on.spawn(['agent', 'tcp']).command).toBe('agent tcp');
    expect(standby.on(backend.host).spawn(['agent', 'http']).pid).toBe(1);
    expect(backend.started).toEqual(['agent http']);
  });

  it('ends only what nobody has asked for', async () => {
    const { host, killed } = noting('client');
    const standby = new Standby();
    standby.start(host, ['agent'], 3);
    const taken = standby.on(host).spawn(['agent']);
    await standby[Symbol.asyncDispose]();
    expect(killed).toHaveLength(2);
    expect(killed).not.toContain(taken);
  });

  it('does not hand out what has been ended', async () => {
    const { host, started } = noting('client');
    const standby = new Standby();
    standby.start(host, ['agent']);
    const on = standby.on(host);
    await standby[Symbol.asyncDispose]();
    on.spawn(['agent']);
    expect(started).toHaveLength(2);
  });
});
