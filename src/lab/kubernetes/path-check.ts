import type { Endpoint } from '../../model/input/lab.ts';
import { until } from '../../platform/clock.ts';
import { CtloadError, messageOf, throwIfAborted } from '../../platform/errors.ts';
import { execute, type Host } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { countEntriesOn } from '../host/table.ts';

/** Seconds for kube-proxy, or what stands in its place, to forward to a new Service. */
const FORWARDED = 60;
/** Connections that are looked up in the table; a node has a few others of its own. */
const TRIED = 16;
const LEAST = TRIED / 2;

/** Answers every connection with a byte, until its stdin ends. */
const SERVE = `require('net').createServer((socket) => socket.on('error', () => {}).write('.')).listen(+process.argv[1], '0.0.0.0',
  () => console.log('listening')); process.stdin.resume().on('end', () => process.exit());`;
/** Opens connections, says so once all are answered, and resets them when its stdin ends. */
const VISIT = `const [address, port, many] = process.argv.slice(1); let answers = 0;
const sockets = Array.from({ length: +many }, () => require('net').connect(+port, address)
  .on('error', (error) => { console.error(error.message); process.exit(1); })
  .on('data', () => { if (++answers === +many) console.log('connected'); }));
process.stdin.resume().on('end', () => { for (const socket of sockets) socket.resetAndDestroy(); process.exit(); });`;

interface Path {
  readonly client: Host;
  readonly backend: Host;
  /** Nodes by name, whose tables the connection has to be in. */
  readonly nodes: Readonly<Record<string, Host>>;
  readonly from: Endpoint;
  /** Port of the backend that `from` leads to. */
  readonly port: number;
}

/**
 * Connects once as the load will, which waits until a Service works, and looks the connections up in the table of each node.
 * @throws {CtloadError} exit 112 when the backend cannot be reached, or a node does not track the connections.
 */
export async function checkPath({ client, backend, nodes, from, port }: Path, signal: AbortSignal): Promise<void> {
  const server = backend.spawn(['node', '-e', SERVE, String(port)]);
  try {
    let why = 'no answer';
    const visit = async (): Promise<boolean> => {
      throwIfAborted(signal);
      try {
        await execute(['sh', '-c', 'node -e "$0" "$@" </dev/null', VISIT_ONCE, from.address, String(from.port)], {
          host: client,
        });
        return true;
      } catch (error) {
        why = messageOf(error).split('\n').at(-1) ?? '';
        return false;
      }
    };
    if (!(await until(visit, FORWARDED, 0.2))) {
      throw unfit(`${from.address}:${from.port} cannot be reached from the client's pod: ${why}`, REACH);
    }
    await requireTracking(client, nodes, from);
  } finally {
    server.end();
    await server.exited;
  }
}

const REACH = 'a NetworkPolicy may forbid it, or no kube-proxy runs on the node';
const VISIT_ONCE = `require('net').connect({ port: +process.argv[2], host: process.argv[1], timeout: 2000 })
  .on('timeout', () => { console.error('no answer'); process.exit(1); })
  .on('error', (error) => { console.error(error.message); process.exit(1); })
  .on('data', () => process.exit());`;

async function requireTracking(client: Host, nodes: Path['nodes'], { address, port }: Endpoint): Promise<void> {
  const count = () => Promise.all(Object.values(nodes).map(countEntriesOn));
  const before = await count();
  const visitor = client.spawn(['node', '-e', VISIT, address, String(port), String(TRIED)]);
  const connected = new Promise<boolean>((resolve) => {
    visitor.onLine(() => resolve(true));
    void visitor.exited.then(() => resolve(false));
  });
  if (!(await connected))
    throw unfit(`${TRIED} connections to the backend failed: ${(await visitor.exited).stderr.trim()}`, REACH);
  const during = await count();
  visitor.end();
  await visitor.exited;
  for (const [index, node] of Object.keys(nodes).entries()) {
    if ((during[index] ?? 0) - (before[index] ?? 0) >= LEAST) continue;
    throw unfit(`the node ${node} does not track connections to the backend: they have no entries in its table`, UNTRACKED);
  }
}

const UNTRACKED = 'a dataplane without kube-proxy (eBPF) has tables of its own, and notrack rules leave connections out';

function unfit(message: string, hint: string): CtloadError {
  return new CtloadError(message, { hint, exitCode: ExitCode.hostUnfit });
}
