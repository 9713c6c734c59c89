import { count } from '../../model/format.ts';
import { type Action, announcedMaxima } from '../../model/input/actions.ts';
import type { LabFamily } from '../../model/input/address-family.ts';
import { bucketsFor, type ConntrackSpec, prefillEntries } from '../../model/input/scenario.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
import { delay } from '../../platform/clock.ts';
import { CtloadError, throwIfAborted } from '../../platform/errors.ts';
import { type Host, here } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import type { Log } from '../../platform/log.ts';
import { type Limits, mayWriteLimits, readLimits } from '../host/limits.ts';
import { type Guardian, type Lease, startGuardian } from '../lease/lease.ts';
import { lockIsFree, lockIsUsable } from '../lease/lock.ts';
import { describeLockOwners } from '../lease/lock-owners.ts';
import { shareLimits } from '../lease/shared-lock.ts';
import { watchLimits } from '../lease/watch.ts';
import { fillTable } from './ballast.ts';
import { requireMemory } from './memory.ts';
import { waitForOrphans } from './orphaned-entries.ts';
import { crowdedNamespace } from './other-namespaces.ts';
import { Patience, UsersPatience } from './patience.ts';
import { prefilledOf } from './synthetic-entries.ts';

export interface CapacityRequest {
  readonly runId: string;
  readonly spec: ConntrackSpec;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly access: LimitsAccess;
  /** Whether ballast would distort the load: `auto` then waits for a lease. */
  readonly needsLease: boolean;
  /** Limits that the run sets while the load runs, which takes a lease; none when absent. */
  readonly laterMaxima?: readonly number[];
  /** Of the lab's addresses, and so of prefill; IPv4 when absent. */
  readonly family?: LabFamily | undefined;
}

/** What of a lab's options its capacity depends on. */
interface LabNeeds extends Pick<CapacityRequest, 'runId' | 'family' | 'log' | 'signal'> {
  readonly gateway: { readonly conntrack: ConntrackSpec };
  readonly actions?: readonly Action[];
  readonly needsLease?: boolean;
}

/** Where this machine's limits can be changed from, if anywhere. */
export interface LimitsAccess {
  /** Sees the lock file; the guardian runs here. */
  readonly host: Host;
  /** Why no lease is possible; undefined when it is. */
  readonly obstacle: string | undefined;
  /** What permits the lease, for the report. */
  readonly permission: string;
}

/** The access of this process itself. */
export function ownLimitsAccess(): LimitsAccess {
  return { host: here, obstacle: leaseObstacle(), permission: 'root on this host' };
}

/** Limits in force until disposal, and the last step, which needs the gateway. */
export interface Reservation extends AsyncDisposable {
  readonly lost: Promise<string>;
  /** Adds the ballast and prefill that the gateway's table needs. */
  fill(gateway: Host): Promise<Capacity>;
  /** Sets nf_conntrack_max, until disposal; absent without a lease. @throws {CtloadError} exit 100 when the kernel does not accept it. */
  setMax?(max: number): Promise<void>;
}

/** What a lab has of its reservation to set the limit; nothing without a lease. */
export function settableMax({ setMax }: Reservation): Pick<Reservation, 'setMax'> {
  return setMax === undefined ? {} : { setMax };
}

const RETRY = 1; // seconds
const USERS_RETRY = 0.2; // seconds

/**
 * Reserves the gateway's capacity: `auto` takes a lease on the host's limits where that is permitted and puts no other namespace
 * at risk, else ballast. While another run's lease is in force it waits, and logs which run that is; where only a lease is
 * faithful, it also waits, up to `leaseWait`, for what is in the way of one.
 * @throws {CtloadError} exit 112 when the requested method is not possible here, or there is not enough memory for the table.
 */
export async function reserveCapacity(request: CapacityRequest): Promise<Reservation> {
  const { spec, laterMaxima = [] } = request;
  if (spec.method === 'ballast') return reserveBallast(request, 'set by the scenario (gateway.conntrack.method)');
  const outcome = await tryLease(request);
  if (typeof outcome !== 'string') {
    const why =
      spec.method === 'sysctl'
        ? 'set by the scenario (gateway.conntrack.method)'
        : `${request.access.permission}, and no other namespace comes near the limit`;
    return reservation(request, 'sysctl', why, outcome.limits, outcome);
  }
  if (laterMaxima.length > 0) {
    throw new CtloadError(`actions that set nf_conntrack_max need method sysctl, which is not possible: ${outcome}`, {
      hint: 'use a dedicated host as root, or --driver vm, whose gateway has limits of its own',
      exitCode: ExitCode.hostUnfit,
    });
  }
  if (spec.method === 'sysctl') {
    throw new CtloadError(`gateway.conntrack.method sysctl is not possible: ${outcome}`, {
      hint: 'use --set gateway.conntrack.method=ballast, or a dedicated host',
      exitCode: ExitCode.hostUnfit,
    });
  }
  return reserveBallast(request, `no sysctl lease: ${outcome}`);
}

/** Reserves what a lab asks for. @throws {CtloadError} as reserveCapacity. */
export function reserveFor(lab: LabNeeds, access: LimitsAccess): Promise<Reservation> {
  const { runId, gateway, family, actions, needsLease = false, log, signal } = lab;
  const laterMaxima = announcedMaxima(actions);
  return reserveCapacity({ runId, spec: gateway.conntrack, family, needsLease, laterMaxima, log, signal, access });
}

/** A lease, or the reason why there is none. */
async function tryLease(request: CapacityRequest): Promise<Lease | string> {
  const { obstacle } = request.access;
  if (obstacle !== undefined) return obstacle;
  const { spec, needsLease, log, signal, laterMaxima = [] } = request;
  const limits = { max: spec.max, buckets: bucketsFor(spec) };
  requireMemory({ ...limits, max: Math.max(spec.max, ...laterMaxima) });
  const lowest = { ...limits, max: Math.min(spec.max, ...laterMaxima) };
  const patience = new Patience(spec.method === 'auto' && needsLease ? spec.leaseWaitSeconds : 0, log);
  for (;;) {
    const guardian = await waitForGuardian(request, patience);
    if (guardian === undefined) return relyOnLimit(request);
    const risk = await namespaceAtRisk(lowest);
    if (risk === undefined) return guardian.change(limits);
    await guardian[Symbol.asyncDispose]();
    if (!patience.lasts('other-namespace', risk)) return risk;
    await delay(RETRY);
    throwIfAborted(signal);
  }
}

function relyOnLimit({ runId }: CapacityRequest): string {
  return `${describeLockOwners(runId)} relies on the current limit (ballast)`;
}

/** Why the limits must not be changed to `limits` now; undefined when they may be. */
async function namespaceAtRisk({ max, buckets }: Limits): Promise<string | undefined> {
  const now = readLimits();
  const crowded = max < now.max ? await crowdedNamespace(max) : undefined;
  if (crowded !== undefined) {
    return `the network namespace ${crowded.name} holds ${count(crowded.entries)} entries, more than half of a limit of ${count(max)}`;
  }
  const orphaned = buckets < now.buckets ? await waitForOrphans(buckets) : undefined;
  return orphaned === undefined
    ? undefined
    : `${count(orphaned)} entries of deleted namespaces still occupy the hash table until the kernel frees them`;
}

/** Why this process can never hold a lease; undefined when it can. */
export function leaseObstacle(): string | undefined {
  if (!mayWriteLimits()) return 'only root in the initial namespaces can change nf_conntrack_max and nf_conntrack_buckets';
  if (!lockIsUsable()) return 'the lock /run/ctload/lease.lock cannot be opened';
  return undefined;
}

/** Undefined when `auto` should not wait any longer, because runs with ballast hold the lock. */
async function waitForGuardian(request: CapacityRequest, patience: Patience): Promise<Guardian | undefined> {
  const { runId, spec, log, signal, access } = request;
  let usersPatience: UsersPatience | undefined;
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    const users = usersPatience !== undefined && !usersPatience.lasts() ? 'ignored' : 'heeded';
    const guardian = await startGuardian({ runId, log, leaseHost: access.host }, attempt < 2 ? 0 : RETRY, users);
    if (typeof guardian !== 'string') return guardian;
    if (guardian === 'users') {
      usersPatience ??= new UsersPatience(log);
      await delay(USERS_RETRY);
      continue;
    }
    if (attempt === 0) continue; // another process may have held it only to test whether it is free
    if (spec.method === 'auto' && (await lockIsFree('shared', access.host))) {
      if (!patience.lasts('other-run', relyOnLimit(request))) return undefined;
    } else if (attempt === 1) {
      log.info(`waiting for the conntrack limits, held by ${describeLockOwners(runId)}`);
    }
  }
}

async function reserveBallast(request: CapacityRequest, why: string): Promise<Reservation> {
  const { spec, runId, log, signal, access } = request;
  const share = await shareLimits({ runId, log, leaseHost: access.host }, access.obstacle === undefined, () =>
    throwIfAborted(signal),
  );
  const limits = readLimits();
  if (limits.max >= spec.max) return reservation(request, 'ballast', why, limits, share);
  await share[Symbol.asyncDispose]();
  throw new CtloadError(
    `gateway.conntrack.max ${count(spec.max)} exceeds this host's nf_conntrack_max of ${count(limits.max)}, which ballast cannot raise (${why})`,
    {
      hint: `as root use --set gateway.conntrack.method=sysctl, or use a limit of at most ${count(limits.max)}`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

function reservation(
  { spec, family, signal }: CapacityRequest,
  method: Capacity['method'],
  why: string,
  limits: Limits,
  hold: AsyncDisposable & Partial<Pick<Lease, 'lost' | 'change'>>,
): Reservation {
  const watch = watchLimits(limits);
  const change = hold.change?.bind(hold);
  let inForce = limits;
  const ballast = limits.max - spec.max;
  const prefilled = prefillEntries(spec);
  return {
    lost: hold.lost === undefined ? watch.changed : Promise.race([hold.lost, watch.changed]),
    async fill(gateway) {
      await fillTable(gateway, 'ballast', ballast, signal);
      await fillTable(gateway, 'prefill', prefilled, signal, family);
      throwIfAborted(signal);
      return {
        method,
        why,
        max: limits.max,
        buckets: limits.buckets,
        ballast,
        effectiveMax: spec.max,
        ...prefilledOf(prefilled, family),
      };
    },
    ...(change === undefined
      ? {}
      : {
          async setMax(max: number) {
            const next = { ...inForce, max };
            watch.expect(inForce, next);
            await change(next);
            watch.expect(next);
            inForce = next;
          },
        }),
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await hold[Symbol.asyncDispose]();
    },
  };
}
