import { fileURLToPath } from 'node:url';
import { endpointText } from '../../src/model/input/external.ts';
import type { Endpoint } from '../../src/model/input/lab.ts';
import type { Packages, Tools } from './tools.ts';

/** `http`: a new connection for every GET. `tcp`: connect and close, nothing else. `udp`: a datagram a flow. */
export type Job = 'http' | 'tcp' | 'udp';

/** All of one port. */
export type Targets = readonly [Endpoint, ...Endpoint[]];

/**
 * Where a job's connections go. Most tools take one URL, so all requests have one destination, ctload's too. Bare connections
 * are closed by the client, whose TIME_WAIT sockets would use up the ports towards a single destination: they go to all.
 */
export function targetsOf(job: Job, targets: Targets): Targets {
  return job === 'http' ? [targets[0]] : targets;
}

/** A tool that can or cannot do a job. */
export interface Contestant {
  readonly name: string;
  readonly job: Job;
  /** Processes to start at once in the client's namespace. */
  readonly commands?: readonly (readonly string[])[];
  readonly cannot?: string;
}

const CONCURRENCY = 64;
/** Connections a second that no tool makes here. */
const BEYOND = 100_000;
const ONLY_HTTP = 'it always sends a request';

/** Every peer for either job, at concurrency 64 for `seconds`. */
export function peers(tools: Tools, targets: Targets, seconds: number): Contestant[] {
  const [target] = targets;
  const url = `http://${endpointText(target)}/`;
  const c = String(CONCURRENCY);
  const debian = (name: string, program: string, args: readonly string[]) => fromDebian(tools, name, program, args);
  const node = (job: Job, processes: number): Contestant => ({
    name: `Node net, ${processes === 1 ? '1 process' : `${processes} processes`}`,
    job,
    commands: Array.from({ length: processes }, () => netClient(job, targetsOf(job, targets), CONCURRENCY / processes, seconds)),
  });
  const http: Contestant[] = [
    wrk(tools, target, 2, seconds),
    wrk(tools, target, 1, seconds),
    debian('ab', 'ab', ['-q', '-r', '-c', c, '-t', String(seconds), '-n', '100000000', url]),
    debian('hey', 'hey', ['-c', c, '-z', `${seconds}s`, '-disable-keepalive', url]),
    forSeconds(
      seconds,
      debian('h2load', 'h2load', ['--h1', '-c', c, '-t', '2', '-n', String(seconds * BEYOND), '-H', 'Connection: close', url]),
    ),
    tools.autocannon === undefined
      ? { name: 'autocannon -D 1', job: 'http', cannot: 'npm did not bring autocannon' }
      : {
          name: 'autocannon -D 1',
          job: 'http',
          commands: [[process.execPath, tools.autocannon, '-c', c, '-d', String(seconds), '-D', '1', '--no-progress', url]],
        },
    { name: 'bombardier', job: 'http', cannot: 'neither Debian nor npm has it (Debian’s package of that name is a game)' },
    node('http', 1),
    node('http', 2),
  ];
  const others = ['wrk', 'ab', 'hey', 'h2load', 'autocannon', 'bombardier'];
  return [
    ...http,
    node('tcp', 1),
    node('tcp', 2),
    ...others.map((name): Contestant => ({ name, job: 'tcp', cannot: ONLY_HTTP })),
  ];
}

export function wrk(tools: Packages, target: Endpoint, threads: 1 | 2, seconds: number): Contestant {
  const args = ['-t', `${threads}`, '-c', `${CONCURRENCY}`, '-d', `${seconds}s`, '-H', 'Connection: close'];
  const name = threads === 1 ? 'wrk, 1 thread' : 'wrk, 2 threads';
  return fromDebian(tools, name, 'wrk', [...args, `http://${endpointText(target)}/`]);
}

function fromDebian(tools: Packages, name: string, program: string, args: readonly string[]): Contestant {
  const path = tools.find(program);
  return path === undefined
    ? { name, job: 'http', cannot: `apt-get did not bring ${program}` }
    : { name, job: 'http', commands: [[path, ...args]] };
}

/** For a tool that knows a number of requests only (h2load -D hangs when the server closes): it is ended when its time is over. */
function forSeconds(seconds: number, { commands, ...rest }: Contestant): Contestant {
  if (commands === undefined) return rest;
  const ended = (argv: readonly string[]) => ['sh', '-c', 'timeout -s KILL "$@"; [ $? = 137 ]', 'sh', String(seconds), ...argv];
  return { ...rest, commands: commands.map(ended) };
}

function netClient(job: Job, targets: Targets, concurrency: number, seconds: number): string[] {
  const script = fileURLToPath(new URL('./net-client.js', import.meta.url));
  const addresses = targets.map(({ address }) => address).join(',');
  return [process.execPath, script, addresses, String(targets[0].port), String(concurrency), String(seconds), job];
}
