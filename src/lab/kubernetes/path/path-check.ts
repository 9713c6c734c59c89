import { anyFor, hostPort } from '../../../model/input/address-family.ts';
import type { Endpoint } from '../../../model/input/lab.ts';
import { until } from '../../../platform/clock.ts';
import { CtloadError, messageOf, throwIfAborted } from '../../../platform/errors.ts';
import { execute, type Host } from '../../../platform/exec.ts';
import { ExitCode } from '../../../platform/exit-codes.ts';
import type { Log } from '../../../platform/log.ts';
import { countEntriesOn } from '../../host/table.ts';
import { nodesOnPath, type Placement } from './path.ts';

/** Seconds for kube-proxy, or what stands in its place, to forward to a new Service. */
const FORWARDED = 60;
/** Connections that are looked up in the table; a node has a few others of its own. */
const TRIED = 16;
const LEAST = TRIED / 2;

/** Answers every connection with a byte, until its stdin ends. */
const SERVE = `require('net').createServer((socket) => socket.on('error', () => {}).write('.')).listen(+process.argv[1], process.argv[2],
  () => console.log('listening')); process.stdin.resume().on('end', () => process.exit());`;
/** Opens connections, says so once all are answered, and resets them when its stdin ends. */
const VISIT = `const [address, port, many, event] = process.argv.slice(1); let answers = 0;
const sockets = Array.from({ length: +many }, () => require('net').connect(+port, address)
  .on('error', (error) => { console.error(error.message); process.exit(1); })
  .on(event, () => { if (++answers === +many) console.log('connected'); }));
process.stdin.resume().on('end', () => { for (const socket of sockets) socket.resetAndDestroy(); process.exit(); });`;

interface Path {
  /** Client pods, each with its node. */
  readonly clients: readonly (Host & { readonly node: string })[];
  /** Undefined where the servers are not ctload's own. */
  readonly backend: Host | undefined;
  /** As Placement. */
  readonly placement: Omit<Placement, 'clients'>;
  /** Whether the node of the port forwards to pods of its own only (externalTrafficPolicy Local). */
  readonly isLocal: boolean;
  /** Where the table of each node is read that the connections should be in. */
  readonly nodes: readonly { readonly node: string; readonly host: Host }[];
  readonly from: Endpoint;
  /** Port of the backend that `from` leads to. */
  readonly port: number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/**
 * Connects once as the load will, which waits until a Service works, and looks the connections up in the table of each node.
 * One that does not track them is said.
 * @throws {CtloadError} exit 112 when the backend cannot be reached, or none of the nodes tracks the connections.
 */
export async function checkPath(
  { clients, backend, nodes, placement, isLocal, from, port, log }: Path,
  signal: AbortSignal,
): Promise<void> {
  const server = backend?.spawn(['node', '-e', SERVE, String(port), anyFor(from.address)]);
  const event = backend === undefined ? 'connect' : 'data';
  try {
    const [client] = clients as [Path['clients'][number]];
    let why = 'no answer';
    const visit = async (): Promise<boolean> => {
      throwIfAborted(signal);
      try {
        await execute(['sh', '-c', 'node -e "$0" "$@" </dev/null', VISIT_ONCE, from.address, String(from.port), event], {
          host: client,
        });
        return true;
      } catch (error) {
        why = messageOf(error).split('\n').at(-1) ?? '';
        return false;
      }
    };
    if (!(await until(visit, FORWARDED, 0.2))) {
      throw unfit(`${hostPort(from)} cannot be reached from the client's pod: ${why}`, reachHint(placement, isLocal));
    }
    for (const one of clients.filter(({ node }, index) => clients.findIndex((other) => other.node === node) === index)) {
      const path = nodesOnPath({ ...placement, clients: [one.node] }).map(({ name }) => name);
      await requireTracking({ client: one, nodes: nodes.filter(({ node }) => path.includes(node)), from, event, log });
    }
  } finally {
    server?.end();
    await server?.exited;
  }
}

/** What may keep connections from the backend. */
export function reachHint({ portNode, backend }: Path['placement'], isLocal: boolean): string {
  if (!isLocal || portNode === backend) return REACH;
  return `with externalTrafficPolicy Local ${portNode} forwards to pods of its own only, and the backend is on ${backend}: set nodePort: backend`;
}

const REACH = 'a NetworkPolicy may forbid it, or no kube-proxy runs on the node';
const VISIT_ONCE = `require('net').connect({ port: +process.argv[2], host: process.argv[1], timeout: 2000 })
  .on('timeout', () => { console.error('no answer'); process.exit(1); })
  .on('error', (error) => { console.error(error.message); process.exit(1); })
  .on(process.argv[3], () => process.exit());`;

type OneClient = Pick<Path, 'nodes' | 'from' | 'log'> & { readonly client: Host; readonly event: string };

async function requireTracking({ client, nodes, from: { address, port }, event, log }: OneClient): Promise<void> {
  const count = () => Promise.all(nodes.map(({ host }) => countEntriesOn(host)));
  const before = await count();
  const visitor = client.spawn(['node', '-e', VISIT, address, String(port), String(TRIED), event]);
  const connected = new Promise<boolean>((resolve) => {
    visitor.onLine(() => resolve(true));
    void visitor.exited.then(() => resolve(false));
  });
  if (!(await connected)) {
    throw unfit(`${TRIED} connections to the backend failed: ${(await visitor.exited).stderr.trim()}`, REACH);
  }
  const during = await count();
  visitor.end();
  await visitor.exited;
  const found = nodes.map(({ node }, index) => ({ node, entries: (during[index] ?? 0) - (before[index] ?? 0) }));
  const untracked = found.filter(({ entries }) => entries < LEAST).map(({ node }) => node);
  if (untracked.length === nodes.length) {
    throw unfit(
      `no node tracks the connections to the backend (${untracked.join(', ')}): they have no entries in its table`,
      UNTRACKED,
    );
  }
  for (const node of untracked) log.warn(`the node ${node} does not track the connections: ${UNTRACKED}`);
  log.info(
    `${TRIED} connections of ${client.name} tried: ${found.map(({ node, entries }) => `${entries} entries on ${node}`).join(', ')}`,
  );
}

const UNTRACKED = 'a dataplane without kube-proxy (eBPF) has tables of its own, and notrack rules leave connections out';

function unfit(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit });
}
