import { z } from 'zod';
import { instanceType, unknownInstanceType } from '../../model/node/instance-types.ts';
import { ASSUMED_KERNEL } from '../../model/node/kernel.ts';
import { ASSUMED_KUBE_PROXY, KUBE_PROXY_DEFAULTS, kubeProxyTimeouts } from '../../model/node/kube-proxy.ts';
import { type NodeLimit, nodeLimit } from '../../model/node/limit.ts';
import { estimateMemTotal } from '../../model/node/memory.ts';
import { parseVersion } from '../../model/node/version.ts';
import { parseQuantity, QUANTITY_EXAMPLES } from '../../model/quantity.ts';
import { formatDuration } from '../../model/units.ts';
import { count, duration, refuse } from './values.ts';

/** The schema of a value that is parsed from text by `parse`; `expected` says what is wrong with one that does not parse. */
function parsed<T>(parse: (text: string) => T | undefined, expected: (text: string) => string, description: string) {
  return z
    .string()
    .transform((text, context): T => parse(text) ?? refuse(context, expected(text)))
    .meta({ description });
}

const version = (what: string, example: string) =>
  parsed(parseVersion, () => `expected a version such as '${example}', in quotes`, what);

const kernel = version('Kernel of the node; before 5.15 its tables are smaller.', '6.1').optional();

/** A node to imitate. */
export const node = z.union([
  z.strictObject({
    cores: count({ min: 1 }, 'CPU cores of the node.'),
    memory: parsed(parseQuantity, () => `expected ${QUANTITY_EXAMPLES}`, 'What the machine is sold with, e.g. 8Gi.'),
    kernel,
  }),
  z.strictObject({
    instanceType: parsed(instanceType, unknownInstanceType, 'EC2 instance type, e.g. m5.large.'),
    kernel,
  }),
]);

const timeout = (description: string) => duration({ min: 0 }, description).optional();

/** KubeProxyConntrackConfiguration, kubeproxy.config.k8s.io/v1alpha1, and the release that reads it. */
export const kubeProxy = z.strictObject({
  version: version("Release of kube-proxy, e.g. '1.29': some only ever raise the limit.", '1.29').optional(),
  maxPerCore: count(
    { min: 0 },
    `Entries for each core; 0 leaves the kernel’s limit. Default ${KUBE_PROXY_DEFAULTS.maxPerCore}.`,
  ).optional(),
  min: count({ min: 0 }, `At least so many entries. Default ${KUBE_PROXY_DEFAULTS.min}.`).optional(),
  tcpEstablishedTimeout: timeout(`Default ${formatDuration(KUBE_PROXY_DEFAULTS.tcpEstablishedTimeout)}.`),
  tcpCloseWaitTimeout: timeout(`Default ${formatDuration(KUBE_PROXY_DEFAULTS.tcpCloseWaitTimeout)}.`),
  tcpBeLiberal: z
    .literal(false, { error: 'is not imitated; leave it out (it has no bearing on the size of the table)' })
    .optional(),
  udpTimeout: timeout('0s leaves the kernel’s.'),
  udpStreamTimeout: timeout('0s leaves the kernel’s.'),
});

type NodeFile = z.output<typeof node>;
type KubeProxyFile = z.output<typeof kubeProxy>;

/** The table such a node has, and the timeouts kube-proxy sets on it. */
export function emulateNode(
  file: NodeFile,
  proxy: KubeProxyFile | undefined,
): { limit: NodeLimit; timeouts: Record<string, number> } {
  const { cores, memoryBytes } = 'instanceType' in file ? file.instanceType : { cores: file.cores, memoryBytes: file.memory };
  const inputs = {
    cores,
    memTotalBytes: estimateMemTotal(memoryBytes),
    kernel: file.kernel ?? ASSUMED_KERNEL,
    bits: 64 as const,
  };
  if (proxy === undefined) return { limit: nodeLimit(inputs, null), timeouts: {} };
  const { version: release = ASSUMED_KUBE_PROXY, ...given } = proxy;
  const conntrack = { ...KUBE_PROXY_DEFAULTS, ...defined(given) };
  return { limit: nodeLimit(inputs, { version: release, conntrack }), timeouts: kubeProxyTimeouts(conntrack) };
}

/** Without the keys that are undefined, which would hide a default. */
function defined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
