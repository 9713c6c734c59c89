import { z } from 'zod';
import { instanceType, unknownInstanceType } from '../../model/node/instance-types.ts';
import { ASSUMED_KERNEL } from '../../model/node/kernel.ts';
import { ASSUMED_KUBE_PROXY, KUBE_PROXY_DEFAULTS, kubeProxyTimeouts, timeoutRecord } from '../../model/node/kube-proxy.ts';
import { fieldsOfRelease, type KubeProxyFields } from '../../model/node/kube-proxy-fields.ts';
import { type NodeLimit, nodeLimit } from '../../model/node/limit.ts';
import { estimateMemTotal } from '../../model/node/memory.ts';
import { formatVersion, parseVersion } from '../../model/node/version.ts';
import { parseQuantity, QUANTITY_EXAMPLES } from '../../model/quantity.ts';
import { formatDuration } from '../../model/units.ts';
import { INSTANCE_TYPE, QUANTITY, VERSION } from './patterns.ts';
import { count, duration, refuse } from './values.ts';

/** The schema of a value that is parsed from text by `parse`; `expected` says what is wrong with one that does not parse. */
function parsed<T>(
  parse: (text: string) => T | undefined,
  expected: (text: string) => string,
  meta: { readonly description: string; readonly pattern: string },
) {
  return z
    .string()
    .transform((text, context): T => parse(text) ?? refuse(context, expected(text)))
    .meta(meta);
}

const version = (description: string, example: string) =>
  parsed(parseVersion, () => `expected a version such as '${example}', in quotes`, { description, pattern: VERSION });

const kernel = version('Kernel of the node; before 5.15 its tables are smaller.', '6.1').optional();

/** A node to imitate. */
export const node = z.union([
  z.strictObject({
    cores: count({ min: 1 }, 'CPU cores of the node.'),
    memory: parsed(parseQuantity, () => `expected ${QUANTITY_EXAMPLES}`, {
      description: 'What the machine is sold with, e.g. 8Gi.',
      pattern: QUANTITY,
    }),
    kernel,
  }),
  z.strictObject({
    instanceType: parsed(instanceType, unknownInstanceType, {
      description: 'EC2 instance type, e.g. m5.large.',
      pattern: INSTANCE_TYPE,
    }),
    kernel,
  }),
]);

/** A field of kube-proxy's: null is its default, as kubeadm writes it. */
const field = <T extends z.ZodType>(schema: T) => {
  const { description } = schema;
  const nullable = schema.nullable().optional();
  return description === undefined ? nullable : nullable.describe(description);
};

/** kube-proxy cuts off what is less than a second; 0 would stand for the kernel's. */
const timeout = (description: string) =>
  field(
    duration({ min: 0 }, description).refine((seconds) => seconds === 0 || seconds >= 1, {
      error: 'kube-proxy cuts this to 0 s, and such entries would expire at once: give at least 1s, or 0s for the kernel’s',
    }),
  );

const NOT_LIBERAL = 'is not supported; omit it (it does not affect the table size)';

/** KubeProxyConntrackConfiguration, kubeproxy.config.k8s.io/v1alpha1, and the release that reads it. */
export const kubeProxy = z
  .strictObject({
    version: version(
      `Release of kube-proxy, e.g. '1.29': some only raise the limit. Default ${formatVersion(ASSUMED_KUBE_PROXY)}.`,
      '1.29',
    ).optional(),
    max: field(count({ min: 0 }, 'Entries, whatever the cores: only of releases before 1.16, the others ignore it.')),
    maxPerCore: field(
      count({ min: 0 }, `Entries for each core; 0 leaves the kernel’s limit. Default ${KUBE_PROXY_DEFAULTS.maxPerCore}.`),
    ),
    min: field(count({ min: 0 }, `Minimum number of entries. Default ${KUBE_PROXY_DEFAULTS.min}.`)),
    tcpEstablishedTimeout: timeout(`Default ${formatDuration(KUBE_PROXY_DEFAULTS.tcpEstablishedTimeout)}.`),
    tcpCloseWaitTimeout: timeout(`Default ${formatDuration(KUBE_PROXY_DEFAULTS.tcpCloseWaitTimeout)}.`),
    tcpBeLiberal: field(z.literal(false, { error: NOT_LIBERAL })),
    udpTimeout: timeout('0s leaves the kernel’s.'),
    udpStreamTimeout: timeout('0s leaves the kernel’s.'),
  })
  .superRefine((file, context) => {
    const { problem } = fieldsOfRelease(fieldsOf(file), file.version ?? ASSUMED_KUBE_PROXY);
    if (problem !== null) context.addIssue({ code: 'custom', path: ['max'], message: problem });
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
  const release = proxy.version ?? ASSUMED_KUBE_PROXY;
  const { conntrack } = fieldsOfRelease(fieldsOf(proxy), release);
  return {
    limit: nodeLimit(inputs, { version: release, conntrack }),
    timeouts: timeoutRecord(kubeProxyTimeouts(conntrack, release)),
  };
}

/** The fields that have a value. */
function fieldsOf({
  version: _,
  ...fields
}: { readonly version?: unknown } & Readonly<Record<string, unknown>>): KubeProxyFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
