import type { Route } from '../../model/input/lab.ts';
import type { Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { ProcessPool } from '../../platform/remote/pool.ts';
import type { ProxyCommand } from '../protocol/messages.ts';
import { serverHint } from './backend-pool.ts';

export type ProxyProcess = RemoteProcess<ProxyCommand, never>;

/** Starts `many` proxies on `host`. */
export function launchProxies(host: Host, many: number): ProxyProcess[] {
  return Array.from({ length: many }, () => new RemoteProcess(host, 'proxy'));
}

/**
 * Has `processes` join `routes`: process k those whose number mod the number of processes is k. Resolves when all listen.
 * @throws {CtloadError} exit 100 when an address cannot be listened on or a process ends.
 */
export async function startProxy(
  processes: readonly ProxyProcess[],
  routes: readonly Route[],
): Promise<ProcessPool<ProxyCommand, never>> {
  const pool = new ProcessPool(processes);
  pool.send((k) => ({ type: 'listen', routes: routes.filter((_, i) => i % processes.length === k) }));
  await pool.ready("the gateway's proxy", serverHint);
  return pool;
}
