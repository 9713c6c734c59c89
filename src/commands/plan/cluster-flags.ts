import type { Command } from 'commander';
import { usageError } from '../../platform/errors.ts';

/** A cluster whose nodes a plan is for. */
export interface ClusterFlags {
  /** Context of the kubeconfig. */
  readonly context: string;
  /** Of the pods that read the tables; if absent, that of `ctload kubernetes image`. */
  readonly image: string | undefined;
}

/** What the cluster says itself, or what is about one node. */
const REFUSED = [
  ...['--cores', '--memory', '--mem-total', '--kernel', '--bits', '--hashsize', '--instance-type', '--here'],
  ...['--table', '--earlier-table', '--table-interval', '--stale-after', '--top', '--anonymise'],
  ...['--destinations', '--alert-minutes', '--verify', '--require', '--baseline', '--write'],
];

/**
 * The cluster that flags of `command` name; undefined where they name none.
 * @throws {CtloadError} exit 2 for flags that make no sense with it, all of them in one message, and for an image without a cluster.
 */
export function clusterFlags(
  command: Command,
  { kubeContext, image }: { readonly kubeContext?: string; readonly image?: string },
): ClusterFlags | undefined {
  if (kubeContext === undefined) {
    if (image !== undefined) throw usageError('--image is of the pods that read a cluster’s nodes', 'add --kube-context NAME');
    return undefined;
  }
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  const refused = REFUSED.filter((flag) => given.some(({ long }) => long === flag));
  if (refused.length === 0) return { context: kubeContext, image };
  throw usageError(
    `${refused.join(', ')} ${refused.length === 1 ? 'makes' : 'make'} no sense with --kube-context`,
    'its nodes are those of the cluster; the load and --kube-proxy-version, --kube-proxy-config, --sysctl, --timeout may be given',
  );
}
