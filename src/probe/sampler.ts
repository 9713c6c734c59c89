import type { ConntrackRecord, NetstatRecord, SamplerRecord } from '../model/timeline/sample.ts';
import { execute, type Host } from '../platform/exec.ts';
import { RemoteProcess } from '../platform/remote/parent-side.ts';
import { type ProbeProcess, type RemoteProbe, startRemoteProbe } from './remote.ts';
import type { SamplerSettings } from './sampling.ts';
import { samplerCpu } from './states/sampler-cpu.ts';

type Sampled = ConntrackRecord | NetstatRecord | SamplerRecord;

export type SamplerProcess = ProbeProcess<Sampled>;

/**
 * Starts a process on `host` that will sample its namespace's conntrack table every `intervalSeconds` and, unless the owner is
 * `host`, its TCP/IP counters every 100 ms (the gateway's every 500 ms).
 */
export function launchSampler(host: Host, { owner, intervalSeconds }: SamplerSettings): SamplerProcess {
  return new RemoteProcess(host, 'sampler', [JSON.stringify({ owner, intervalSeconds })]);
}

/**
 * Makes the sampler ready to record; `ballast` entries are subtracted from every count.
 * @throws {CtloadError} exit 112 where the kernel has no nf_conntrack.
 */
export async function startSampler(
  process: SamplerProcess,
  { ballast, onRecord }: { readonly ballast: number; onRecord(record: Sampled): void },
): Promise<RemoteProbe> {
  const sampler = await startRemoteProbe(process, (record) =>
    onRecord(record.type === 'conntrack' ? { ...record, entries: record.entries - ballast } : record),
  );
  await prioritize(sampler.pid);
  return sampler;
}

/**
 * Lets the sampler run as soon as it is due, before everything that has no real-time priority, on a CPU that no listing blocks. Where
 * that is not permitted, it waits its turn, on any CPU: with two CPUs overloaded threefold, 10 ms samples are 0.1 ms late with it and
 * 2 to 10 ms without, even at nice -20 (99th percentile, kernel 6.18).
 */
async function prioritize(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const cpu = samplerCpu();
  try {
    await execute(['chrt', '--fifo', '--pid', '1', String(pid)]);
    if (cpu !== undefined) await execute(['taskset', '--all-tasks', '--pid', '--cpu-list', String(cpu.own), String(pid)]);
  } catch {
    // not permitted
  }
}
