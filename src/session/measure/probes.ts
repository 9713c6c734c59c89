import type { AnyLab, ExternalLab, Lab } from '../../lab/lab.ts';
import { hostTablePath } from '../../lab/netns/rootless.ts';
import type { TableOwner, TimelineRecord } from '../../model/timeline/sample.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import type { Host } from '../../platform/exec.ts';
import { startHostProbe } from '../../probe/host-probe.ts';
import type { RemoteProbe } from '../../probe/remote.ts';
import { startSampler } from '../../probe/sampler.ts';
import { startComposition } from '../../probe/state-breakdown.ts';
import { allOf } from './all-of.ts';

const SLOW_INTERVAL = 0.1; // seconds between samples of the tables that should stay empty

export interface Probes extends AsyncDisposable {
  readonly lost: Promise<string>;
  /** `loadPids`: the processes that make the load, whose CPU time is told apart from the gateway's. */
  start(epoch: number, loadPids: () => readonly number[]): void;
  /** Takes one last sample of everything. */
  stop(): Promise<void>;
}

/**
 * Samplers on all three hosts, the composition of the gateway's table, and the machine itself: every table on the path that is in
 * sight is watched, because only the gateway's may drop (design.md §5). `listing` false leaves the composition out: a listing
 * reaps the expired entries it meets, of every namespace (ctnetlink_dump_table), so the table never shows what the kernel alone
 * makes of it.
 */
export async function startProbes(
  lab: AnyLab,
  { intervalSeconds, listing, onRecord }: { intervalSeconds: number; listing: boolean; onRecord(record: TimelineRecord): void },
): Promise<Probes> {
  const cleanup = new Cleanup();
  const keep = async (what: string, starting: Promise<RemoteProbe>): Promise<RemoteProbe> => {
    const started = await starting;
    cleanup.defer(what, () => started[Symbol.asyncDispose]());
    return started;
  };
  const { gateway, backend, machine, separateNetns } = visibleHosts(lab);
  const listed = listing && (lab.driver !== 'external' || lab.listable) ? gateway : undefined;
  const watched = (record: TimelineRecord): void => {
    if (record.type !== 'conntrack' || record.host !== 'client' || separateNetns.client) onRecord(record);
  };
  const ballastOf = (owner: TableOwner) => (owner === 'gateway' ? lab.capacity.ballast : 0);
  let remote: readonly RemoteProbe[] = [];
  let loadPids: () => readonly number[] = () => [];
  const onMachine = startHostProbe({
    tablePath: machine === undefined && separateNetns.host ? hostTablePath() : undefined,
    pids: () => [...loadPids(), ...remote.flatMap((child) => child.pid ?? [])],
    gatewayNetns: lab.gatewayNetns,
    onRecord,
  });
  cleanup.defer('probe of the machine', () => onMachine.stop());
  remote = await allOf([
    ...samplers({ client: lab.client, gateway, backend, machine }, { intervalSeconds }).map(({ host, ...settings }) =>
      keep(
        `sampler of the ${settings.owner}`,
        startSampler(host, { ...settings, ballast: ballastOf(settings.owner), onRecord: watched }),
      ),
    ),
    ...(listed === undefined
      ? []
      : [keep('composition', startComposition(listed, { prefilled: lab.capacity.prefilled, onRecord }))]),
  ]).catch(async (error: unknown) => {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  });
  return {
    lost: Promise.race(remote.map((child) => child.lost)),
    start: (epoch, pidsOfLoad) => {
      loadPids = pidsOfLoad;
      for (const probe of [...remote, onMachine]) probe.start(epoch);
    },
    stop: async () => {
      await Promise.all([...remote, onMachine].map((probe) => probe.stop()));
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

interface Watched extends Pick<Lab, 'client'> {
  readonly gateway?: Host | undefined;
  readonly backend?: Host | undefined;
  readonly machine?: Host | undefined;
}

/** Which tables are sampled, and how often: the gateway's every `intervalSeconds`. */
export function samplers(hosts: Watched, { intervalSeconds }: { readonly intervalSeconds: number }) {
  return (['gateway', 'client', 'backend', 'machine'] as const).flatMap((role) => {
    const host = hosts[role];
    const owner: TableOwner = role === 'machine' ? 'host' : role;
    return host === undefined ? [] : [{ host, owner, intervalSeconds: role === 'gateway' ? intervalSeconds : SLOW_INTERVAL }];
  });
}

/** What of a lab can be watched, and which tables are not the gateway's own. */
function visibleHosts(lab: AnyLab): Partial<Pick<Lab, 'gateway' | 'backend' | 'machine'>> & Pick<ExternalLab, 'separateNetns'> {
  return lab.driver === 'external' ? lab : { ...lab, separateNetns: { client: true, host: true } };
}
