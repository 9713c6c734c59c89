import type { AnyLab } from '../../lab/lab.ts';
import { type BackendPool, startBackend } from '../../load/fleet/backend-pool.ts';
import { startFleet } from '../../load/fleet/fleet.ts';
import { type ProxyPool, startProxy } from '../../load/fleet/proxy-pool.ts';
import { machineFacts } from '../../load/sizing/machine.ts';
import { planProcesses } from '../../load/sizing/process-plan.ts';
import { type AnyScenario, isExternal, loadSeconds } from '../../model/input/scenario.ts';
import type { MetaRecord, TimelineRecord } from '../../model/timeline/sample.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import { monotonic } from '../../platform/clock.ts';
import { throwIfAborted } from '../../platform/errors.ts';
import type { Recorder } from '../../timeline/recorder.ts';
import { allOf } from './all-of.ts';
import type { Interrupts } from './interrupts.ts';
import { startProbes } from './probes.ts';
import { ProgressMeter } from './progress.ts';
import type { RunRequest, Status } from './request.ts';
import { type RunOutcome, waitForEnd } from './run-outcome.ts';
import { ThresholdGuard } from './threshold-monitor.ts';

const START_MARGIN = 0.1; // seconds from "all ready" to the barrier, in which every counter's baseline is sampled
const STATUS_INTERVAL_MS = 250;

/**
 * Runs the load in `lab` with every probe on, and records all of it: `meta` first, `end` last.
 * Returns how the load ended; whatever was started is gone then.
 */
export async function measure(
  lab: AnyLab,
  scenario: AnyScenario,
  meta: Omit<MetaRecord, 't'>,
  { recorder, interrupts, request }: { recorder: Recorder; interrupts: Interrupts; request: RunRequest },
): Promise<RunOutcome> {
  await using cleanup = new Cleanup();
  const meter = new ProgressMeter();
  using guard = new ThresholdGuard(meta);
  let over = false;
  const record = (entry: TimelineRecord): void => {
    if (over) return; // held sockets that teardown closes have not ended before their time
    over = entry.type === 'end';
    recorder.record(entry);
    meter.record(entry);
    guard.record(entry);
  };
  // Undone last first in the order written here, whichever was up first: a backend that went before the agents would end
  // the sockets they hold, and they would report it.
  const keep = <T extends AsyncDisposable | undefined>(what: string, starting: Promise<T>): Promise<T> => {
    cleanup.defer(what, async () => (await starting.catch(() => undefined))?.[Symbol.asyncDispose]());
    return starting;
  };

  const plan = planProcesses(scenario.floods, machineFacts());
  const [backend, proxy, fleet, probes] = await allOf([
    keep('backend', startBackendOf(lab, scenario, plan.backends)),
    keep('proxy', startProxyOf(lab, plan.backends)),
    keep(
      'load agents',
      startFleet(lab.client, {
        floods: scenario.floods,
        targets: lab.targets,
        synSchedule: lab.synSchedule,
        agents: plan.agents,
        seed: scenario.seed,
        onRecord: record,
        onHistogram: (slice) => {
          recorder.latency(slice);
          guard.latency(slice);
          if (slice.phase === 'connecting') meter.connecting(slice.data);
        },
      }),
    ),
    keep(
      'probes',
      startProbes(lab, { intervalSeconds: scenario.probe.intervalSeconds, listing: request.listing ?? true, onRecord: record }),
    ),
  ]);
  throwIfAborted(interrupts.graceful);

  const epoch = monotonic() + START_MARGIN;
  const now = () => monotonic() - epoch;
  record({ ...meta, t: now() });
  probes.start(epoch, () => [...fleet.pids, ...(backend?.pids ?? [])]);
  fleet.start(epoch);
  record({ type: 'event', t: 0, name: 'load-start' });

  const total = loadSeconds(scenario.floods);
  guard.start(now, total);
  let stopping = false;
  const ticker = setInterval(() => {
    const phase: Status['phase'] = now() > total || stopping ? 'draining' : 'load';
    request.onStatus?.({ ...meter.progress, phase, t: now(), totalSeconds: total, max: lab.capacity.effectiveMax });
  }, STATUS_INTERVAL_MS);
  cleanup.defer('status', () => clearInterval(ticker));

  const lost = Promise.race([
    lab.capacityLost.then((why) => ['lease-lost', why] as const),
    lostProcess(fleet, proxy, probes, ...(backend === undefined ? [] : [backend])),
  ]);
  const ending = await waitForEnd(fleet, { interrupts, lost, crossed: guard.crossed }, (name, more) => {
    stopping = true;
    record({ type: 'event', t: now(), name, ...more });
  });
  clearInterval(ticker);
  request.onLoadEnd?.();
  if (!interrupts.immediate.aborted && ending.outcome !== 'failed') {
    record({ type: 'event', t: now(), name: 'drained' });
    await probes.stop();
    for (const report of await fleet.done) record({ ...report, type: 'agent', t: now() });
    if (backend !== undefined) record({ type: 'backend', t: now(), ...(await backend.counts()) });
  }
  record({ type: 'end', t: now(), ...ending });
  if (request.lastInLab) await endAtOnce(lab, [fleet, proxy, ...(backend === undefined ? [] : [backend])]);
  return ending;
}

/** With the hosts apart nobody notices who goes first, and no connection has to be closed by the one that holds it. */
async function endAtOnce(lab: AnyLab, groups: readonly { kill(): Promise<void> }[]): Promise<void> {
  if (lab.cut === undefined) return;
  await lab.cut();
  await Promise.all(groups.map((group) => group.kill()));
}

/** Nothing for a lab whose backend is not ctload's. */
async function startBackendOf(lab: AnyLab, scenario: AnyScenario, processes: number): Promise<BackendPool | undefined> {
  if (lab.driver === 'external' || isExternal(scenario)) return undefined;
  const udp = scenario.floods.some((flood) => flood.kind === 'udp' && flood.reply) ? lab.listen.udp : [];
  const listen = { ...lab.listen, udp };
  return startBackend(lab.backend, { ...listen, behaviour: scenario.backend, floods: scenario.floods }, processes);
}

async function startProxyOf(lab: AnyLab, processes: number): Promise<ProxyPool> {
  return lab.driver === 'external' ? startProxy(lab.client, [], 0) : startProxy(lab.gateway, lab.proxyRoutes, processes);
}

async function lostProcess(...groups: readonly { readonly lost: Promise<string> }[]): Promise<readonly ['process-lost', string]> {
  return ['process-lost', await Promise.race(groups.map((group) => group.lost))];
}
