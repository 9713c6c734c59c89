import { randomBytes } from 'node:crypto';
import { mayWriteLimits } from '../../lab/host/limits.ts';
import { listNamespaces, namespaceHost } from '../../lab/host/namespaces.ts';
import { shareLimits } from '../../lab/lease/shared-lock.ts';
import { count, percent, plural } from '../../model/format.ts';
import { didYouMean } from '../../model/suggest.ts';
import { formatDuration } from '../../model/units.ts';
import { throwIfAborted, usageError } from '../../platform/errors.ts';
import { type Host, here } from '../../platform/exec.ts';
import { ExitCode } from '../../platform/exit-codes.ts';
import { type Log, stderrLog } from '../../platform/log.ts';
import { requireTools } from '../../platform/tools.ts';
import { fillFor } from '../../session/fill.ts';
import { Interrupts } from '../../session/measure/interrupts.ts';

/** Above this a burst of the table's own load may fill it. */
const SAFE = 0.9;

export type FillTo = { readonly share: number } | { readonly entries: number };

export interface FillOptions {
  readonly to: FillTo;
  readonly seconds: number;
  readonly netns: string | undefined;
  /** A node of a cluster, in place of a namespace of this machine. */
  readonly node: string | undefined;
  /** With a node: context of the kubeconfig, and image of the pod there. */
  readonly context: string | undefined;
  readonly image: string | undefined;
  readonly isReplied: boolean;
  readonly allowOutage: boolean;
  readonly quiet: boolean;
}

/**
 * `ctload fill`: fills the table of a network namespace, or of a node of a cluster, for a while. Returns 0, or 105 when it was interrupted; the synthetic entries
 * are gone either way.
 * @throws {CtloadError} exit 2 for wrong flags, 100, 101 or 112 as `fillFor`.
 */
export async function fill(options: FillOptions): Promise<ExitCode> {
  const { to, seconds, isReplied, allowOutage } = options;
  refuseMixed(options);
  if ('share' in to) refuseOutage(to.share, allowOutage); // before anything is waited for
  const log = stderrLog(options.quiet);
  using interrupts = new Interrupts();
  const signal = interrupts.graceful;
  await using place = await (options.node === undefined ? tableHere(options, log, signal) : tableOfNode(options, log, signal));
  const { host, where } = place;
  const filled = await fillFor({
    host,
    target: (limit) => wanted(to, limit, allowOutage),
    seconds,
    isReplied,
    signal,
    onFilled: ({ entries, limit }) =>
      log.info(
        `${where} holds ${count(entries)} of ${count(limit)} entries (${percent(entries / limit)}) for ${formatDuration(seconds)}; Ctrl-C ends it`,
      ),
  });
  const { entries, limit, dropped, evicted, deleted } = filled;
  const losses = `dropped ${plural(dropped, 'packet')} and evicted ${plural(evicted, 'flow')}`;
  process.stdout.write(
    `${where} held ${count(entries)} of ${count(limit)} entries (${percent(entries / limit)}) at the end; meanwhile its kernel ${losses}; ${count(deleted)} synthetic entries deleted\n`,
  );
  return signal.aborted ? ExitCode.aborted : ExitCode.ok;
}

interface Place extends AsyncDisposable {
  readonly host: Host;
  /** In words. */
  readonly where: string;
}

/** @throws {CtloadError} exit 2. */
function refuseMixed({ node, netns, context, image }: FillOptions): void {
  if (node !== undefined && netns !== undefined)
    throw usageError('--netns is of this machine, and --node of a cluster: name one');
  if (node === undefined && (context !== undefined || image !== undefined)) {
    throw usageError('--kube-context and --image are for --node NAME');
  }
}

/** A table of this machine. A run of ctload that lowers the limits for a while waits for this, and this for it. */
async function tableHere({ netns }: FillOptions, log: Log, signal: AbortSignal): Promise<Place> {
  requireTools(['conntrack', 'nsenter', 'flock']);
  const host = netns === undefined ? here : namespaceHost(known(netns), netns);
  const where = netns === undefined ? 'the table of this network namespace' : `the table of ${netns}`;
  const request = { runId: newId(), log, leaseHost: here };
  const limits = await shareLimits(request, mayWriteLimits(), () => throwIfAborted(signal));
  return { host, where, [Symbol.asyncDispose]: () => limits[Symbol.asyncDispose]() };
}

async function tableOfNode({ node = '', context, image, seconds }: FillOptions, log: Log, signal: AbortSignal): Promise<Place> {
  const [{ enterNodeTable }, { IMAGE_NAME }] = await Promise.all([
    import('../../lab/kubernetes/node-table.ts'),
    import('../../lab/kubernetes/image.ts'),
  ]);
  const entered = await enterNodeTable({ runId: newId(), node, context, image: image ?? IMAGE_NAME, seconds, log, signal });
  return { host: entered.host, where: `the table of node ${node}`, [Symbol.asyncDispose]: () => entered[Symbol.asyncDispose]() };
}

function newId(): string {
  return `fill-${randomBytes(3).toString('hex')}`;
}

/** @throws {CtloadError} exit 2 for more than the table takes, or more than is safe. */
function wanted(to: FillTo, limit: number, allowOutage: boolean): number {
  const entries = 'share' in to ? Math.floor(to.share * limit) : to.entries;
  if (entries > limit) throw usageError(`--to ${count(entries)}: the table's limit is ${count(limit)} entries`);
  refuseOutage(entries / limit, allowOutage);
  return entries;
}

/** @throws {CtloadError} exit 2. */
function refuseOutage(share: number, allowOutage: boolean): void {
  if (share <= SAFE || allowOutage) return;
  throw usageError(
    `--to is ${percent(share)} of the table: new connections of whatever uses it may fail`,
    `stay at ${percent(SAFE)} or below, or confirm with --allow-outage`,
  );
}

/** @throws {CtloadError} exit 2. */
function known(name: string): string {
  const names = listNamespaces();
  if (names.includes(name)) return name;
  throw usageError(`no network namespace ${name} under /run/netns${didYouMean(name, names)}`, 'ip netns list shows them');
}
