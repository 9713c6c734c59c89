import type { Route } from '../../model/input/lab.ts';
import type { ProxyProgram } from '../../model/input/proxy.ts';
import type { Host } from '../../platform/exec.ts';
import { RemoteProcess } from '../../platform/remote/parent-side.ts';
import { ProcessPool } from '../../platform/remote/pool.ts';
import type { ProxyCommand, ProxyMessage } from '../protocol/messages.ts';
import { ANSWER_SECONDS, serverHint } from './backend-pool.ts';
import { descendantsOf } from './descendants.ts';

export type ProxyProcess = RemoteProcess<ProxyCommand, ProxyMessage>;

/** Starts `many` proxies on `host`. */
export function launchProxies(host: Host, many: number): ProxyProcess[] {
  return Array.from({ length: many }, () => new RemoteProcess(host, 'proxy'));
}

/** The gateway's proxy at work. */
export interface Proxy extends Pick<ProcessPool<ProxyCommand, ProxyMessage>, 'kill'>, AsyncDisposable {
  /** Of all its processes, as they are now. */
  readonly pids: readonly number[];
  /** As `RemoteProcess.lost`, also when a program that is the proxy ends. */
  readonly lost: Promise<string>;
  /** What that program has complained of so far, and how often; undefined where the proxy is ctload's own, or does not answer. */
  complaints(): Promise<Readonly<Record<string, number>> | undefined>;
}

/**
 * Has `processes` join `routes`: process k those whose number mod the number of processes is k. With `program` the first of them
 * runs that instead. Resolves when all listen.
 * @throws {CtloadError} exit 100 when an address cannot be listened on or a process ends.
 */
export async function startProxy(
  processes: readonly ProxyProcess[],
  { routes, program }: { readonly routes: readonly Route[]; readonly program: ProxyProgram | undefined },
): Promise<Proxy> {
  const pool = new ProcessPool(processes);
  const ended = new Promise<string>((resolve) => {
    for (const process of processes) {
      process.listen((message) => {
        if (message.type === 'ended') resolve(message.sentence);
      });
    }
  });
  pool.send((k) =>
    program === undefined
      ? { type: 'listen', routes: routes.filter((_, i) => i % processes.length === k) }
      : { type: 'run', program },
  );
  await pool.ready("the gateway's proxy", serverHint);
  return {
    get pids() {
      return program === undefined ? pool.pids : pool.pids.flatMap((pid) => [pid, ...descendantsOf(pid)]);
    },
    lost: Promise.race([pool.lost, ended]),
    complaints: async () => {
      if (program === undefined) return undefined;
      const answer = await processes[0]?.ask({ type: 'count' }, ANSWER_SECONDS);
      return answer?.type === 'complaints' ? answer.complaints : undefined;
    },
    kill: () => pool.kill(),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
