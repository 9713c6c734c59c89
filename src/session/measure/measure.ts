import { setTimeout as sleep } from 'node:timers/promises';
import { withStandby } from '../../lab/addresses.ts';
import { halfOpenSynsAt } from '../../lab/dataplane/end-rules.ts';
import { type AnyLab, backendIn, isExistingLab } from '../../lab/lab.ts';
import { ANSWER_SECONDS, type BackendPool, startBackend } from '../../load/fleet/backend-pool.ts';
import { startFleet } from '../../load/fleet/fleet.ts';
import { startProxy } from '../../load/fleet/proxy-pool.ts';
import { losesEndpoint } from '../../model/input/actions.ts';
import { type AnyScenario, isExisting, isExternal, isKeptAlive, loadSeconds } from '../../model/input/scenario.ts';
import type { BackendRecord, MetaRecord, TimelineRecord } from '../../model/timeline/sample.ts';
import { Cleanup } from '../../platform/cleanup.ts';
import { delay, monotonic } from '../../platform/clock.ts';
import { throwIfAborted } from '../../platform/errors.ts';
import { interruptible } from '../../platform/exec.ts';
import type { Recorder } from '../../timeline/recorder.ts';
import { startActions } from './actions.ts';
import { allOf } from './all-of.ts';
import { ClientLosses } from './client-losses.ts';
import { readClocks, setClocks } from './clocks.ts';
import { aborted, type Interrupts } from './interrupts.ts';
import { readIpvs } from './ipvs-connections.ts';
import { startProbes } from './probes.ts';
import type { ProcessSet } from './process-set.ts';
import { ProgressMeter } from './progress.ts';
import type { RunRequest, Status } from './request.ts';
import { readRuleCounters } from './rule-counters.ts';
import { type RunOutcome, waitForEnd } from './run-outcome.ts';
import { StopMonitor } from './stop-monitor.ts';
import { checkTables } from './table-check.ts';

/** Seconds from "all ready" to the start of the load, in which every counter's baseline is sampled, and every machine hears of it. */
const START_MARGIN = { here: 0.1, elsewhere: 0.5 };
const OTHERS_SECONDS = 0.1;
const STATUS_INTERVAL_MS = 250;
const LAST_READINGS_SECONDS = 10;
const UNANSWERED = `the backend did not say within ${ANSWER_SECONDS} s what it had answered`;

/**
 * Gives `processes` their work: runs the load in `lab` with every probe on, and records all of it, `meta` first, `end` last.
 * Returns how the load ended; all the processes have ended by then.
 */
export async function measure(
  lab: AnyLab,
  processes: ProcessSet,
  scenario: AnyScenario,
  meta: Omit<MetaRecord, 't'>,
  { recorder, interrupts, request }: { recorder: Recorder; interrupts: Interrupts; request: RunRequest },
): Promise<RunOutcome> {
  await using cleanup = new Cleanup();
  const meter = new ProgressMeter(meta);
  using monitor = new StopMonitor(meta, scenario.stopWhen === 'certain');
  let over = false;
  const record = (entry: TimelineRecord): void => {
    if (over) return; // held connections that teardown closes have not closed early
    over = entry.type === 'end';
    recorder.record(entry);
    meter.record(entry);
    monitor.record(entry);
  };
  let epoch = Number.POSITIVE_INFINITY;
  const now = () => monotonic() - epoch;
  const losses = new ClientLosses(now, record);
  // Undone in the reverse of the order written here, whichever was ready first: a backend that ended before the agents would
  // close the connections they hold, and they would report it.
  const keep = <T extends AsyncDisposable | undefined>(what: string, starting: Promise<T>): Promise<T> => {
    cleanup.defer(what, async () => (await starting.catch(() => undefined))?.[Symbol.asyncDispose]());
    return starting;
  };

  const [backend, proxy, fleet, probes] = await interruptible(interrupts.graceful, () =>
    allOf([
      keep('backend', startBackendOf(lab, processes, scenario)),
      keep('proxy', startProxy(processes.proxies, proxyOf(lab))),
      keep(
        'load agents',
        startFleet(processes.agents, {
          floods: scenario.floods,
          targets: lab.targets,
          synSchedule: lab.synSchedule,
          seed: scenario.seed,
          onRecord: record,
          onLost: (loss) => losses.add(loss),
          onHistogram: (slice) => {
            recorder.latency(slice);
            monitor.latency(slice);
            if (slice.phase === 'connecting') meter.connecting(slice);
          },
        }),
      ),
      keep('probes', startProbes(lab, processes, record)),
    ]),
  ).catch((error: unknown) => {
    throwIfAborted(interrupts.graceful);
    throw error;
  });
  throwIfAborted(interrupts.graceful);

  const clocksBefore = await setClocks(lab);
  const countersBefore = await readRuleCounters(lab, scenario);
  epoch = monotonic() + (lab.clients === undefined ? START_MARGIN.here : START_MARGIN.elsewhere);
  record({ ...meta, t: now() });
  if (countersBefore !== undefined) record({ ...countersBefore, t: now() });
  probes.start(epoch, {
    load: () => [...fleet.pids, ...(backend?.pids ?? [])],
    gateway: () => [...proxy.pids, ...(lab.gatewayPid === undefined ? [] : [lab.gatewayPid])],
  });
  fleet.start(epoch);
  record({ type: 'event', t: 0, name: 'load-start' });

  const total = loadSeconds(scenario.floods);
  monitor.start(now, total);
  const actions = startActions(lab, scenario, { now, record, log: request.log, signal: interrupts.graceful });
  cleanup.defer('actions', () => actions[Symbol.asyncDispose]());
  let stopping: Status['phase'] | undefined;
  const showStatus = () => {
    const phase = stopping ?? (now() > total ? 'draining' : 'load');
    request.onStatus?.({ ...meter.progress, phase, t: now(), totalSeconds: total, max: actions.max });
  };
  const ticker = setInterval(showStatus, STATUS_INTERVAL_MS);
  cleanup.defer('status', () => clearInterval(ticker));

  const lost = Promise.race([
    actions.failed,
    lab.capacityLost.then((why) => ['lease-lost', why] as const),
    lostProcess(fleet, proxy, { lost: afterOthers(probes.lost) }, ...(backend === undefined ? [] : [backend])),
  ]);
  const outcome = await waitForEnd(fleet, { interrupts, lost, reached: monitor.reached }, (name, more) => {
    stopping = name === 'interrupted' ? 'interrupted' : 'stopping';
    record({ type: 'event', t: now(), name, ...more });
    showStatus();
  });
  await actions[Symbol.asyncDispose]();
  clearInterval(ticker);
  request.onLoadEnd?.();
  const lastReadings = async () => {
    record({ type: 'event', t: now(), name: 'drained' });
    for (const detail of await probes.stop()) record({ type: 'event', t: now(), name: 'process-lost', detail });
    for (const clock of await readClocks(lab, clocksBefore)) record({ ...clock, t: now() });
    const counters = await interruptible(interrupts.immediate, () => readRuleCounters(lab, scenario));
    if (counters !== undefined) record({ ...counters, t: now() });
    const ipvs = await interruptible(interrupts.immediate, () => readIpvs(lab, scenario));
    if (ipvs !== undefined) record({ ...ipvs, t: now() });
    const checks = await interruptible(interrupts.immediate, () => checkTables(lab));
    for (const check of checks ?? []) record({ ...check, t: now() });
    const complaints = await proxy.complaints();
    if (complaints !== undefined) record({ type: 'proxy', t: now(), complaints });
    for (const report of await fleet.done) record({ ...report, type: 'agent', t: now() });
    if (backend === undefined) return;
    const counts = await backend.counts();
    if (counts !== undefined) record({ type: 'backend', t: now(), ...counts, ...(await halfOpenSyns(lab, scenario)) });
    else record({ type: 'event', t: now(), name: 'process-lost', detail: UNANSWERED });
  };
  if (!interrupts.immediate.aborted && outcome.outcome !== 'failed') await unlessStopped(lastReadings(), interrupts);
  losses.finish();
  record({ type: 'end', t: now(), ...outcome });
  if (request.lastInLab) await endAtOnce(lab, [fleet, proxy, ...(backend === undefined ? [] : [backend])]);
  return outcome;
}

/**
 * Waits for the last readings; after a signal no longer than LAST_READINGS_SECONDS, as on a machine without CPU time they may take
 * minutes.
 */
async function unlessStopped(readings: Promise<void>, { graceful, immediate }: Interrupts): Promise<void> {
  const over = new AbortController();
  const patience = () => sleep(LAST_READINGS_SECONDS * 1000, undefined, { signal: over.signal }).catch(() => {});
  const stopped = aborted(graceful, over.signal).then(() => Promise.race([patience(), aborted(immediate, over.signal)]));
  try {
    await Promise.race([readings, stopped]);
  } finally {
    over.abort();
  }
}

/** Once the hosts are disconnected, processes can be killed in any order without one noticing the end of another's connections. */
async function endAtOnce(lab: AnyLab, groups: readonly { kill(): Promise<void> }[]): Promise<void> {
  if (lab.cut === undefined) return;
  await lab.cut();
  await Promise.all(groups.map((group) => group.kill()));
}

/** What the gateway's proxy forwards, and the program that does it. */
function proxyOf(lab: AnyLab): Parameters<typeof startProxy>[1] {
  return isExistingLab(lab) ? { routes: [], program: undefined } : { routes: lab.proxyRoutes, program: lab.proxyProgram };
}

/** Nothing where no flood is half-open, or their rule is gone. */
async function halfOpenSyns(lab: AnyLab, { floods }: AnyScenario): Promise<Pick<BackendRecord, 'halfOpenSyns'>> {
  const backend = backendIn(lab);
  if (backend === undefined || floods.every(({ kind }) => kind !== 'half-open')) return {};
  const arrived = await halfOpenSynsAt(backend);
  return arrived === undefined ? {} : { halfOpenSyns: arrived };
}

/** Undefined for a lab whose backend is not ctload's. */
async function startBackendOf(lab: AnyLab, { backends }: ProcessSet, scenario: AnyScenario): Promise<BackendPool | undefined> {
  if (lab.driver === 'external' || isExternal(scenario) || backendIn(lab) === undefined) return undefined;
  if (isExisting(scenario))
    return startBackend(backends, { ...lab.listen, behaviour: { ...scenario.backend, keepsAlive: true } });
  const listen = losesEndpoint(scenario.actions) ? withStandby(lab.listen) : lab.listen;
  const udp = scenario.floods.some((flood) => flood.kind === 'udp' && flood.reply) ? listen.udp : [];
  const byClients = scenario.floods.some((flood) => flood.kind === 'short' && isKeptAlive(flood));
  const { keepAlive, config } = scenario.gateway.proxy ?? {};
  const keepsAlive = byClients || keepAlive === true || config !== undefined;
  const dns = scenario.floods.some(({ kind }) => kind === 'dns') ? (listen.dns ?? []) : [];
  return startBackend(backends, { ...listen, udp, dns, behaviour: { ...scenario.backend, keepsAlive } });
}

/** Of a machine that is lost with all its processes the agents can say what it carried. */
async function afterOthers(lost: Promise<string>): Promise<string> {
  const sentence = await lost;
  await delay(OTHERS_SECONDS);
  return sentence;
}

async function lostProcess(...groups: readonly { readonly lost: Promise<string> }[]): Promise<readonly ['process-lost', string]> {
  return ['process-lost', await Promise.race(groups.map((group) => group.lost))];
}
