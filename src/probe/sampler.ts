import type { ConntrackRecord, NetstatRecord, SamplerRecord } from '../model/sample.ts';
import { entry } from '../platform/entry.ts';
import type { Host } from '../platform/exec.ts';
import { type RemoteProbe, startRemoteProbe } from './remote.ts';
import type { SamplerSettings } from './sampling.ts';

export type Sampler = RemoteProbe;

/**
 * Starts a process on `host` that samples its namespace's conntrack table every `intervalSeconds` and, unless the owner is
 * `host`, its TCP/IP counters every 100 ms. `ballast` entries are taken off every count.
 * @throws {CtloadError} exit 112 where the kernel has no nf_conntrack.
 */
export function startSampler(
  host: Host,
  options: SamplerSettings & { onRecord(record: ConntrackRecord | NetstatRecord | SamplerRecord): void },
): Promise<Sampler> {
  const { owner, intervalSeconds, ballast, onRecord } = options;
  const settings: SamplerSettings = { owner, intervalSeconds, ballast };
  return startRemoteProbe(host, entry('probe/sampler-process', JSON.stringify(settings)), `${owner} sampler`, onRecord);
}
