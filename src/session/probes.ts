import type { Lab } from '../lab/lab.ts';
import { hostTablePath } from '../lab/rootless.ts';
import type { TableOwner, TimelineRecord } from '../model/sample.ts';
import { Cleanup } from '../platform/cleanup.ts';
import { startComposition } from '../probe/composition.ts';
import { startHostProbe } from '../probe/host-probe.ts';
import { startSampler } from '../probe/sampler.ts';

const SLOW_INTERVAL = 0.1; // seconds between samples of the tables that should stay empty

export interface Probes extends AsyncDisposable {
  readonly pids: readonly number[];
  readonly lost: Promise<string>;
  start(epoch: number): void;
  /** Takes one last sample of everything. */
  stop(): Promise<void>;
}

/**
 * Samplers on all three hosts, the composition of the gateway's table, and the machine itself: every table on the path
 * is watched, because only the gateway's may drop (design.md §5).
 */
export async function startProbes(
  lab: Lab,
  options: { intervalSeconds: number; loadPids(): readonly number[]; record(record: TimelineRecord): void },
): Promise<Probes> {
  const cleanup = new Cleanup();
  const onRecord = options.record;
  const sampler = async (owner: TableOwner, interval: number, ballast: number) => {
    if (owner === 'host') throw new Error('the host table is read by the host probe');
    const started = await startSampler(lab[owner], { owner, intervalSeconds: interval, ballast, onRecord });
    cleanup.defer(`sampler of ${owner}`, () => started[Symbol.asyncDispose]());
    return started;
  };
  const composition = startComposition(lab.gateway, { onRecord }).then((started) => {
    cleanup.defer('composition', () => started[Symbol.asyncDispose]());
    return started;
  });
  const started = await Promise.allSettled([
    sampler('gateway', options.intervalSeconds, lab.capacity.ballast),
    sampler('client', SLOW_INTERVAL, 0),
    sampler('backend', SLOW_INTERVAL, 0),
    composition,
  ]);
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await cleanup[Symbol.asyncDispose]();
    throw failed.reason;
  }
  const children = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const pids = children.flatMap((child) => child.pid ?? []);
  const host = startHostProbe({
    tablePath: hostTablePath(),
    pids: () => [...options.loadPids(), ...pids],
    gatewayNetns: lab.gatewayNetns,
    onRecord,
  });
  const all = [...children, host];
  return {
    pids,
    lost: Promise.race(children.map((child) => child.lost)),
    start: (epoch) => {
      for (const probe of all) probe.start(epoch);
    },
    stop: async () => {
      await Promise.all(all.map((probe) => probe.stop()));
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}
