import { bucketsFor, type ConntrackSpec, prefillEntries } from '../../model/input/scenario.ts';
import type { Capacity } from '../../model/timeline/capacity.ts';
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

export interface CapacityRequest {
  readonly runId: string;
  readonly spec: ConntrackSpec;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly authority: LimitsAccess;
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

/** This very process's. */
export function ownLimitsAccess(): LimitsAccess {
  return { host: here, obstacle: leaseObstacle(), permission: 'root on this host' };
}

/** Limits that hold until disposal, and what is left to do once the gateway stands. */
export interface Reservation extends AsyncDisposable {
  readonly lost: Promise<string>;
  /** Fills the gateway's table with what ballast and prefill it needs. */
  fill(gateway: Host): Promise<Capacity>;
}

const RETRY = 1; // seconds

/**
 * Reserves the gateway's capacity (design.md §6): `auto` takes a lease on the host's limits when it may and no other
 * namespace would suffer, else ballast. Waits, saying for whom, while another run's lease is in force.
 * @throws {CtloadError} exit 112 when the method asked for is not possible here, or the memory for the table is not there.
 */
export async function reserveCapacity(request: CapacityRequest): Promise<Reservation> {
  const { spec } = request;
  if (spec.method === 'ballast') return reserveBallast(request, 'the scenario asks for it (gateway.conntrack.method)');
  const outcome = await tryLease(request);
  if (typeof outcome !== 'string') {
    const why =
      spec.method === 'sysctl'
        ? 'the scenario asks for it (gateway.conntrack.method)'
        : `${request.authority.permission}, and no other namespace comes near the limit`;
    return reservation(request, 'sysctl', why, outcome.limits, outcome);
  }
  if (spec.method === 'sysctl') {
    throw new CtloadError(`gateway.conntrack.method sysctl is not possible: ${outcome}`, {
      hint: 'use --set gateway.conntrack.method=ballast, or a host of its own',
      exitCode: ExitCode.hostUnfit,
    });
  }
  return reserveBallast(request, `no sysctl lease: ${outcome}`);
}

/** A lease, or the reason why there is none. */
async function tryLease(request: CapacityRequest): Promise<Lease | string> {
  const { obstacle } = request.authority;
  if (obstacle !== undefined) return obstacle;
  const limits = { max: request.spec.max, buckets: bucketsFor(request.spec) };
  requireMemory(limits);
  const guardian = await waitForGuardian(request);
  if (guardian === undefined) return `${describeLockOwners(request.runId)} relies on the limit in force (ballast)`;
  const sufferer = await namespaceAtRisk(limits);
  if (sufferer === undefined) return guardian.change(limits);
  await guardian[Symbol.asyncDispose]();
  return sufferer;
}

/** Why `limits` must not be lowered to now; undefined when they may. */
async function namespaceAtRisk({ max, buckets }: Limits): Promise<string | undefined> {
  const now = readLimits();
  const neighbour = max < now.max ? await crowdedNamespace(max) : undefined;
  if (neighbour !== undefined) {
    return `network namespace ${neighbour.name} holds ${neighbour.entries} entries, more than half of a limit of ${max}`;
  }
  const hidden = buckets < now.buckets ? await waitForOrphans(buckets) : undefined;
  return hidden === undefined
    ? undefined
    : `${hidden} entries of removed namespaces crowd the hash table until the kernel frees them`;
}

/** Why this process can never hold a lease; undefined when it can. */
export function leaseObstacle(): string | undefined {
  if (!mayWriteLimits()) return 'only root in the initial namespaces may change nf_conntrack_max and nf_conntrack_buckets';
  if (!lockIsUsable()) return 'the lock /run/ctload/lease.lock cannot be opened';
  return undefined;
}

/** Undefined when `auto` should not wait, because the lock is held by runs with ballast. */
async function waitForGuardian({ runId, spec, log, signal, authority }: CapacityRequest): Promise<Guardian | undefined> {
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal);
    const guardian = await startGuardian({ runId, log, leaseHost: authority.host }, attempt < 2 ? 0 : RETRY);
    if (guardian !== undefined) return guardian;
    if (attempt === 0) continue; // somebody may only have looked whether the lock is free
    if (spec.method === 'auto' && (await lockIsFree('shared', authority.host))) return undefined;
    if (attempt === 1) log.info(`waiting for the conntrack limits: ${describeLockOwners(runId)} has them`);
  }
}

async function reserveBallast(request: CapacityRequest, why: string): Promise<Reservation> {
  const { spec, runId, log, signal, authority } = request;
  const share = await shareLimits({ runId, log, leaseHost: authority.host }, () => throwIfAborted(signal));
  const limits = readLimits();
  if (limits.max >= spec.max) return reservation(request, 'ballast', why, limits, share);
  await share[Symbol.asyncDispose]();
  throw new CtloadError(
    `gateway.conntrack.max ${spec.max} is more than this host's nf_conntrack_max of ${limits.max}, and ballast cannot raise it (${why})`,
    {
      hint: `as root use --set gateway.conntrack.method=sysctl, or a limit of at most ${limits.max}`,
      exitCode: ExitCode.hostUnfit,
    },
  );
}

function reservation(
  { spec, signal }: CapacityRequest,
  method: Capacity['method'],
  why: string,
  limits: Limits,
  hold: AsyncDisposable & { readonly lost?: Promise<string> },
): Reservation {
  const watch = watchLimits(limits);
  const ballast = limits.max - spec.max;
  const prefilled = prefillEntries(spec);
  return {
    lost: hold.lost === undefined ? watch.changed : Promise.race([hold.lost, watch.changed]),
    async fill(gateway) {
      await fillTable(gateway, 'ballast', ballast, signal);
      await fillTable(gateway, 'prefill', prefilled, signal);
      throwIfAborted(signal);
      return { method, why, max: limits.max, buckets: limits.buckets, ballast, effectiveMax: spec.max, prefilled };
    },
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      await hold[Symbol.asyncDispose]();
    },
  };
}
