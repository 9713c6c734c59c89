import type { Endpoint } from '../../model/input/lab.ts';
import type { Flood } from '../../model/input/scenario.ts';
import type { Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { ProcessPool } from '../../platform/remote/pool.ts';
import type { BackendBehaviour, BackendCommand, BackendCounts, BackendMessage } from '../protocol/messages.ts';
import { protocolsOf } from '../sizing/process-plan.ts';

export interface BackendPool
  extends Pick<ProcessPool<BackendCommand, BackendMessage>, 'pids' | 'lost' | 'kill'>,
    AsyncDisposable {
  /** What all processes have counted so far, summed; undefined when one does not answer within ANSWER_SECONDS. */
  counts(): Promise<BackendCounts | undefined>;
}

export interface BackendSettings {
  /** How requests are answered; successfully and without delay by default. */
  readonly behaviour?: BackendBehaviour;
  /** HTTP and WebSocket. */
  readonly http: readonly Endpoint[];
  /** Connections here are accepted and reset at once. */
  readonly stale: readonly Endpoint[];
  /** Datagrams here are answered; none by default. */
  readonly udp?: readonly Endpoint[];
  /** DNS queries here are answered; none by default. */
  readonly dns?: readonly Endpoint[];
}

export type BackendProcess = RemoteProcess<BackendCommand, BackendMessage>;

/** What to do about the reason for which a server did not start. */
export function serverHint(reason: string): string | undefined {
  if (!reason.includes('EADDRINUSE')) return undefined;
  return 'another program is using the address; ctload clean removes what an earlier run left';
}

/** A process answers at once, as long as it gets any CPU time. */
export const ANSWER_SECONDS = 10;

/** Starts `many` backend processes on `host`, which warm up for `floods`. */
export function launchBackends(host: Host, floods: readonly Flood[], many: number): BackendProcess[] {
  return Array.from({ length: many }, () => new RemoteProcess(host, 'backend', protocolsOf(floods)));
}

/**
 * Has `processes` listen: process k on the endpoints whose number mod the number of processes is k, because Node 20 cannot share
 * a listening port between processes without a parent in the accept path. Resolves when all listen.
 * @throws {CtloadError} exit 100 when an endpoint cannot be listened on or a process ends.
 */
export async function startBackend(
  processes: readonly BackendProcess[],
  { behaviour, http, stale, udp = [], dns = [] }: BackendSettings,
): Promise<BackendPool> {
  const pool = new ProcessPool(processes);
  pool.send((k) => {
    const own = (endpoints: readonly Endpoint[]) => endpoints.filter((_, i) => i % processes.length === k);
    return {
      type: 'listen',
      http: own(http),
      stale: own(stale),
      udp: own(udp),
      dns: own(dns),
      ...(behaviour === undefined ? {} : { behaviour }),
    };
  });
  await pool.ready('the backend', serverHint);
  return {
    pids: pool.pids,
    lost: pool.lost,
    counts: async () => {
      const answers = await Promise.all(processes.map((process) => process.ask({ type: 'count' }, ANSWER_SECONDS)));
      const counts = answers.flatMap((answer) => answer?.counts ?? []);
      return counts.length < processes.length ? undefined : sumOf(counts);
    },
    kill: () => pool.kill(),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function sumOf(all: readonly BackendCounts[]): BackendCounts {
  const sum = { connections: 0, requests: 0, upgrades: 0, stale: 0 };
  for (const counts of all) {
    sum.connections += counts.connections;
    sum.requests += counts.requests;
    sum.upgrades += counts.upgrades;
    sum.stale += counts.stale;
  }
  return sum;
}
