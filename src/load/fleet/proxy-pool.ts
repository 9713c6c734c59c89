import type { Route } from '../../model/input/lab.ts';
import { CtloadError } from '../../platform/errors.ts';
import type { Host } from '../../platform/exec.ts';
import type { ProxyCommand, ProxyMessage } from '../protocol/messages.ts';
import { troubleStarting, Worker } from './worker.ts';

export interface ProxyPool extends AsyncDisposable {
  /** One sentence, when a process ended without being told to. */
  readonly lost: Promise<string>;
  /** Ends the processes at once, whatever they hold. */
  kill(): Promise<void>;
}

/**
 * Starts `processes` proxies on `host`; process k serves the routes whose number mod `processes` is k. Resolves when all listen;
 * without a route there is nothing to start.
 * @throws {CtloadError} exit 100 when an address cannot be listened on or a process ends.
 */
export async function startProxy(host: Host, routes: readonly Route[], processes: number): Promise<ProxyPool> {
  const many = Math.min(processes, routes.length);
  const shares = Array.from({ length: many }, (_, k) => routes.filter((_route, i) => i % many === k));
  const parts = shares.map((share) => start(host, share));
  const workers = parts.map(({ worker }) => worker);
  const lost = Promise.race(workers.map((worker) => worker.lost));
  const kill = async () => void (await Promise.all(workers.map((worker) => worker.kill())));
  const close = async () => void (await Promise.all(workers.map((worker) => worker.close())));
  const listening = Promise.all(parts.map((part) => part.listening)).then((failures) =>
    failures.find((one) => one !== undefined),
  );
  const failure = await troubleStarting(listening, lost);
  if (failure === undefined) return { lost, kill, [Symbol.asyncDispose]: close };
  await close();
  throw new CtloadError(`the gateway's proxy did not start: ${failure}`, {
    hint: 'another program may be using the address: ctload clean removes what an earlier run left',
  });
}

function start(host: Host, routes: readonly Route[]) {
  let settle: (failure: string | undefined) => void = () => {};
  const listening = new Promise<string | undefined>((resolve) => {
    settle = resolve;
  });
  const worker = new Worker<ProxyCommand, ProxyMessage>(host, 'processes/proxy', (message) =>
    settle(message.type === 'failed' ? message.message : undefined),
  );
  worker.send({ routes });
  return { worker, listening };
}
