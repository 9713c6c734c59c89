import { describe, expect, it, vi } from 'vitest';
import type { TimelineRecord } from '../../../src/model/timeline/sample.ts';
import { RemoteProcess } from '../../../src/platform/remote/parent-side.ts';
import { type ProbeProcess, startRemoteProbe } from '../../../src/probe/remote.ts';
import { type ScriptedChild, scriptedHost } from '../platform/remote/scripted.ts';

type Behaviour = NonNullable<Parameters<typeof scriptedHost>[1]>;

function probeOf(behave: Behaviour): { process: ProbeProcess<TimelineRecord>; child: ScriptedChild } {
  const { host, children } = scriptedHost('gateway', behave);
  const process: ProbeProcess<TimelineRecord> = new RemoteProcess(host, 'sampler');
  const [child] = children;
  if (child === undefined) throw new Error('not started');
  return { process, child };
}

/** Ready at once; writes one record when it is started, and ends when it is stopped. */
const recording: Behaviour = (child, command) => {
  if (command === undefined) child.say({ type: 'ready' });
  else if (command.type === 'start') child.say({ type: 'conntrack', t: 1 });
  else child.exit({ code: 0 });
};

describe('a probe process seen from ctload', () => {
  it('passes on its records until it is stopped', async () => {
    const { process, child } = probeOf(recording);
    const records: unknown[] = [];
    const probe = await startRemoteProbe(process, (record) => records.push(record));
    probe.start(12.5);
    expect(await probe.stop(20)).toBeUndefined();
    expect(records).toEqual([{ type: 'conntrack', t: 1 }]);
    expect(child.written).toEqual([
      { type: 'start', epoch: 12.5 },
      { type: 'stop', at: 20 },
    ]);
    expect(await Promise.race([probe.lost, Promise.resolve('not lost')])).toBe('not lost');
  });

  it('that does not end in time is killed, and named: its last records are missing', async () => {
    vi.useFakeTimers();
    try {
      const { process, child } = probeOf((one, command) => {
        if (command === undefined) one.say({ type: 'ready' });
      });
      const probe = await startRemoteProbe(process, () => {});
      const stopped = probe.stop(0);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await stopped).toBe('sampler on gateway did not end within 10 s and was killed');
      expect(child.ended).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is gone before it is stopped is named, unless the load goes on without it', async () => {
    const { process, child } = probeOf(recording);
    const probe = await startRemoteProbe(process, () => {});
    child.exit({ signal: 'SIGKILL' });
    expect(await probe.stop(0)).toBe('sampler on gateway ended: killed by SIGKILL');
  });

  it('says why it cannot start, and what to do', async () => {
    const { process, child } = probeOf(() => {});
    child.say({ type: 'failed', message: "ENOENT: no such file or directory, open '/proc/self/net/stat/nf_conntrack'" });
    await expect(startRemoteProbe(process, () => {})).rejects.toMatchObject({
      message: expect.stringMatching(/^a probe did not start: sampler on gateway: ENOENT/),
      hint: 'load the kernel module: modprobe nf_conntrack',
      exitCode: 112,
    });
    expect(child.ended).toBe(true);
  });
});
