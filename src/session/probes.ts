import type { Lab } from '../lab/lab.ts';
import { hostTablePath } from '../lab/rootless.ts';
import type { TableOwner, TimelineRecord } from '../model/sample.ts';
import { Cleanup } from '../platform/cleanup.ts';
import type { Host } from '../platform/exec.ts';
import { startComposition } from '../probe/composition.ts';
import { startHostProbe } from '../probe/host-probe.ts';
import { startSampler } from '../probe/sampler.ts';
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
 * Samplers on all three hosts, the composition of the gateway's table, and the machine itself: every table on the path
 * is watched, because only the gateway's may drop (design.md §5). `listing` false leaves the composition out: a listing
 * reaps the expired entries it meets, of every namespace (ctnetlink_dump_table), so the table never shows what the kernel
 * alone makes of it.
 */
export async function startProbes(
  lab: Lab,
  { intervalSeconds, listing, onRecord }: { intervalSeconds: number; listing: boolean; onRecord(record: TimelineRecord): void },
): Promise<Probes> {
  const cleanup = new Cleanup();
  const keep = async <T extends AsyncDisposable>(what: string, starting: Promise<T>): Promise<T> => {
    const started = await starting;
    cleanup.defer(what, () => started[Symbol.asyncDispose]());
    return started;
  };
  const sampler = (owner: TableOwner, host: Host, interval: number, ballast: number) =>
    keep(`sampler of the ${owner}`, startSampler(host, { owner, intervalSeconds: interval, ballast, onRecord }));
  const remote = await allOf([
    sampler('gateway', lab.gateway, intervalSeconds, lab.capacity.ballast),
    sampler('client', lab.client, SLOW_INTERVAL, 0),
    sampler('backend', lab.backend, SLOW_INTERVAL, 0),
    ...(lab.machine === undefined ? [] : [sampler('host', lab.machine, SLOW_INTERVAL, 0)]),
    ...(listing ? [keep('composition', startComposition(lab.gateway, { onRecord }))] : []),
  ]).catch(async (error: unknown) => {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  });
  let loadPids: () => readonly number[] = () => [];
  const host = startHostProbe({
    tablePath: lab.machine === undefined ? hostTablePath() : undefined,
    pids: () => [...loadPids(), ...remote.flatMap((child) => child.pid ?? [])],
    gatewayNetns: lab.gatewayNetns,
    onRecord,
  });
  return {
    lost: Promise.race(remote.map((child) => child.lost)),
    start: (epoch, pidsOfLoad) => {
      loadPids = pidsOfLoad;
      for (const probe of [...remote, host]) probe.start(epoch);
    },
    stop: async () => {
      await Promise.all([...remote, host].map((probe) => probe.stop()));
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}
