import { describe, expect, it } from 'vitest';
import type { Child, Exit, Host } from '../../../src/platform/exec.ts';
import { startRemoteProbe } from '../../../src/probe/remote.ts';

/** A host whose one process says what the test makes it say. */
function scripted(...lines: string[]) {
  let end: (exit: Exit) => void = () => {};
  const exited = new Promise<Exit>((resolve) => {
    end = resolve;
  });
  const written: string[] = [];
  const child: Child = {
    pid: 4711,
    command: 'probe',
    exited,
    onLine: (listener) => {
      for (const line of lines) listener(line);
    },
    write: (line) => {
      written.push(line);
      if (line.includes('stop')) end({ code: 0, signal: null, stderr: '' });
    },
    end: () => {},
    kill: (signal) => end({ code: null, signal: signal ?? 'SIGTERM', stderr: '' }),
  };
  const host: Host = { name: 'gateway', spawn: () => child };
  return { host, written, end };
}

describe('a probe process seen from ctload', () => {
  it('hands over records and ignores a line that was cut short', async () => {
    const { host, written } = scripted('{"type":"ready"}', '{"type":"conntrack","t":1}', '{"type":"conn');
    const records: unknown[] = [];
    const probe = await startRemoteProbe(host, ['probe'], 'sampler', (record) => records.push(record));
    probe.start(12.5);
    await probe.stop();
    expect(records).toEqual([{ type: 'conntrack', t: 1 }]);
    expect(written.map((line) => JSON.parse(line))).toEqual([{ command: 'start', epoch: 12.5 }, { command: 'stop' }]);
  });

  it('tells why it cannot start, and what to do', async () => {
    const { host, end } = scripted();
    const missing = "node:fs:1\n\nError: ENOENT: no such file or directory, open '/proc/self/net/stat/nf_conntrack'\n    at open";
    end({ code: 1, signal: null, stderr: missing });
    await expect(startRemoteProbe(host, ['probe'], 'gateway sampler', () => {})).rejects.toMatchObject({
      message: expect.stringMatching(/^cannot start the gateway sampler on gateway: exit code 1: Error: ENOENT/),
      hint: 'load the kernel module: modprobe nf_conntrack',
      exitCode: 112,
    });
  });

  it('tells when it is lost, but not when it was stopped', async () => {
    const { host, end } = scripted('{"type":"ready"}');
    const probe = await startRemoteProbe(host, ['probe'], 'gateway sampler', () => {});
    end({ code: null, signal: 'SIGKILL', stderr: '' });
    expect(await probe.lost).toBe('the gateway sampler on gateway ended: killed by SIGKILL');

    const stopped = await startRemoteProbe(scripted('{"type":"ready"}').host, ['probe'], 'sampler', () => {});
    await stopped.stop();
    expect(await Promise.race([stopped.lost, Promise.resolve('silent')])).toBe('silent');
  });
});
