import { type AnyLab, type ExternalLab, isExistingLab, type Lab } from '../../lab/lab.ts';
import { hostTablePath } from '../../lab/netns/rootless.ts';
import type { TableOwner, TimelineRecord } from '../../model/timeline/sample.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import { monotonic } from '../../platform/clock.ts';
import { MAIN } from '../../platform/exec.ts';
import { startExporter } from '../../probe/exporter/node-exporter.ts';
import { startHostProbe } from '../../probe/host-probe.ts';
import { type RemoteProbe, SLICE_SECONDS, startRemoteProbe } from '../../probe/remote.ts';
import { startSampler } from '../../probe/sampler.ts';
import { startStates } from '../../probe/states/state-breakdown.ts';
import { allOf } from './all-of.ts';
import type { ProcessSet } from './process-set.ts';

/** For a command to reach every sampler before the time it names. */
const MARGIN_SECONDS = 0.02;

/** Processes as they are now. */
export interface MeasuredPids {
  load(): readonly number[];
  gateway(): readonly number[];
}

export interface Probes extends AsyncDisposable {
  /** As `RemoteProcess.lost`, of the first probe that is lost. */
  readonly lost: Promise<string>;
  /** `pids`: the processes whose CPU time is counted by itself: those that make the load, and the gateway's own. */
  start(epoch: number, pids: MeasuredPids): void;
  /** Takes a last sample of everything, of every host at one time: losses are differences between their counters. Returns one sentence for every table whose last samples are missing. */
  stop(): Promise<string[]>;
}

/**
 * Makes the probes among `processes` ready, and one of the machine itself: every table on the path that ctload can read is
 * monitored, because only the gateway's may drop. The breakdown by state is left out where the entries must not be listed: a
 * listing frees the expired entries it meets, of every namespace (ctnetlink_dump_table), so the table would not show what the
 * kernel alone does.
 */
export async function startProbes(
  lab: AnyLab,
  { samplers, states, exporters, machines }: Pick<ProcessSet, 'samplers' | 'states' | 'exporters' | 'machines'>,
  onRecord: (record: TimelineRecord) => void,
): Promise<Probes> {
  const cleanup = new Cleanup();
  const keep = async (what: string, starting: Promise<RemoteProbe>): Promise<RemoteProbe> => {
    const started = await starting;
    cleanup.defer(what, () => started[Symbol.asyncDispose]());
    return started;
  };
  const { machine, separateNetns } = visibleHosts(lab);
  /** What a process records, with the name of the gateway or the client that it reads, where there are several. */
  const from = (of: { readonly gateway?: string; readonly client?: string }) => (record: TimelineRecord) => {
    if (record.type === 'conntrack' && record.host === 'client' && !separateNetns.client) return;
    onRecord({ ...record, ...of } as TimelineRecord);
  };
  const capacityOf = (gateway: string | undefined) =>
    lab.gateways?.find(({ name }) => name === gateway)?.capacity ?? lab.capacity;
  const ballastOf = (owner: TableOwner, gateway?: string) => (owner === 'gateway' ? capacityOf(gateway).ballast : 0);
  let remote: readonly RemoteProbe[] = [];
  let pids: MeasuredPids = { load: () => [], gateway: () => [] };
  const hostProbe = startHostProbe({
    tablePath: machine === undefined && separateNetns.host ? hostTablePath() : undefined,
    pids: () => [...pids.load(), ...remote.flatMap((probe) => probe.pid ?? [])],
    gatewayPids: () => pids.gateway(),
    gatewayNetns: namespacesHere(lab),
    onRecord,
  });
  cleanup.defer('probe of the machine', () => hostProbe.stop());
  remote = await allOf([
    ...samplers.map(({ owner, process, ...of }) => {
      const options = { ballast: ballastOf(owner, of.gateway), onRecord: from(of) };
      return keep(`sampler of the ${of.gateway ?? of.client ?? owner}`, startSampler(process, options));
    }),
    ...exporters.map(({ process, ...of }) => {
      const options = { ballast: ballastOf('gateway', of.gateway), onRecord: from(of) };
      return keep('node_exporter', startExporter(process, options));
    }),
    ...machines.map((process) => keep('probe of another machine', startRemoteProbe(process, onRecord))),
    ...states.map(({ process, ...of }) => {
      const { prefilled, prefilledIpv6 = 0 } = capacityOf(of.gateway);
      return keep('states', startStates(process, { prefilled, prefilledIpv6, onRecord: from(of) }));
    }),
  ]).catch(async (error: unknown) => {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  });
  const live = samplers.length + exporters.length + machines.length;
  return {
    lost: Promise.race(remote.filter(({ expendable }) => !expendable).map((probe) => probe.lost)),
    start: (epoch, measured) => {
      pids = measured;
      for (const probe of [...remote, hostProbe]) probe.start(epoch);
    },
    stop: async () => {
      hostProbe.stop();
      const at = monotonic() + SLICE_SECONDS + MARGIN_SECONDS;
      const missing = await Promise.all(remote.slice(0, live).map((probe) => probe.stop(at))); // of lost clients nothing is awaited
      // The last listing frees expired entries, which the last sample is to count.
      await Promise.all(remote.slice(live).map((probe) => probe.stop()));
      return missing.filter((sentence) => sentence !== undefined);
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** The machine's own host, where ctload is not on it, and which tables are not the gateway's own. */
function visibleHosts(lab: AnyLab): Partial<Pick<Lab, 'machine'>> & Pick<ExternalLab, 'separateNetns'> {
  return isExistingLab(lab) ? lab : { ...lab, separateNetns: { client: true, host: true } };
}

/** Inodes of the gateways' network namespaces on this machine, whose log names them. */
function namespacesHere({ gateway, gateways, gatewayNetns }: AnyLab): number[] {
  if (gateways !== undefined) return gateways.filter(({ host }) => host.machine === MAIN).map(({ netns }) => netns);
  return gateway !== undefined && gateway.machine !== MAIN ? [] : [gatewayNetns];
}
