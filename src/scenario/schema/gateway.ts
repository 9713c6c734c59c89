import { z } from 'zod';
import { count as grouped } from '../../model/format.ts';
import { DATAPLANE_NAMES, DATAPLANES } from '../../model/input/dataplanes.ts';
import { FIRST_SNAT_PORT, SNAT_PORTS } from '../../model/node/snat-ports.ts';
import { parseCount } from '../../model/units.ts';
import { ipvs, tunnel } from './forwarding.ts';
import { emulateNode, kubeProxy, node } from './node.ts';
import { proxy } from './proxy.ts';
import { rules } from './rules.ts';
import { LARGEST, timeoutMap } from './table.ts';
import { choice, count, duration, shareOrCount } from './values.ts';

const timeouts = timeoutMap(
  'Conntrack timeouts of the gateway, e.g. tcp_time_wait: 30s. Timeouts that are not listed keep the kernel’s defaults.',
).default({});

const conntrack = z
  .strictObject({
    max: count(
      { min: 1, max: LARGEST },
      'Maximum number of entries in the gateway’s table (nf_conntrack_max), e.g. 4096 or 128k.',
    ).optional(),
    buckets: z
      .union([z.literal('auto'), count({ min: 1, max: LARGEST }, 'Number of hash buckets (nf_conntrack_buckets).')], {
        error: ({ input }) => (isCount(input) ? undefined : 'expected auto or a number'),
      })
      .default('auto')
      .describe(
        'Number of hash buckets (nf_conntrack_buckets). auto is one per entry, as on kernels since 5.15; more buckets than max make early drop less effective.',
      ),
    method: z
      .enum(['auto', 'sysctl', 'ballast'])
      .default('auto')
      .describe(
        'How the gateway gets a table of this size: sysctl sets the host-wide limits for the duration of the run; ballast fills the gateway’s own table with synthetic entries; auto uses sysctl if possible, else ballast. With ballast, expired entries stay counted longer and early drop is off: where that matters, a breaking point is only a bound.',
      ),
    leaseWait: duration(
      { min: 0 },
      'With method: auto, how long to wait for sysctl where ballast would distort the load, e.g. 2m; then ballast is used.',
    ).prefault('2m'),
    prefill: shareOrCount(
      'Stale entries in the table before the load starts: below 1 a share of max, else a number of entries.',
    ).prefault(0),
    timeouts,
    node: node.optional().describe('Instead of max: a node whose max and buckets the gateway’s table gets.'),
    kubeProxy: kubeProxy
      .optional()
      .describe('With node: the kube-proxy that changes the limit and timeouts of the node. If absent, the kernel’s own apply.'),
  })
  .superRefine(({ max, buckets, prefill, node: emulated, kubeProxy: kubeProxys }, context) => {
    const report = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (max === undefined && emulated === undefined)
      report('max', 'is required, unless node is given as {cores, memory} or {instanceType}');
    if (max !== undefined && emulated !== undefined) report('node', 'cannot be combined with max; give one of the two');
    if (buckets !== 'auto' && emulated !== undefined)
      report('buckets', 'is determined by node; omit it, or give max instead of node');
    if (kubeProxys !== undefined && emulated === undefined)
      report('kubeProxy', 'needs node: {cores, memory} or {instanceType}, for the number of cores');
    const entries = max ?? (emulated && emulateNode(emulated, kubeProxys).limit.max);
    if (entries !== undefined && prefill >= entries)
      report('prefill', `must leave room in the table: must be less than max (${grouped(entries)})`);
  })
  .meta({
    anyOf: [
      { required: ['max'], properties: { node: false, kubeProxy: false } },
      { required: ['node'], properties: { max: false, buckets: { enum: ['auto'] } } },
    ],
  });

const entriesPerConnection = count(
  { min: 1, max: 16 },
  'Conntrack entries that a connection has, for predictions and `ctload plan`, where the number of the dataplane is not the one: a path through several zones of OVS, a sidecar in the same namespace, rules of your own. The gateway that is built stays as it is.',
);

/** The gateway under test. */
export const gateway = z.strictObject({
  dataplane: choice(
    DATAPLANE_NAMES,
    [],
    `How the gateway forwards: ${DATAPLANE_NAMES.map((name) => `${name}: ${DATAPLANES[name].does}`).join('; ')}.`,
  ).prefault('iptables'),
  ipvs,
  tunnel,
  masquerade: z
    .enum(['outside', 'never'])
    .optional()
    .describe(
      'With iptables, nftables and ipvs: outside (default) masquerades as kube-proxy does for connections from outside the cluster; never leaves the client’s address, as for a pod that connects to a ClusterIP.',
    ),
  snatPorts: count(
    { min: 1, max: SNAT_PORTS },
    `Number of source ports that the gateway may masquerade to, counted from port ${FIRST_SNAT_PORT}; 1000 lets a small load use them up. If absent, ${grouped(SNAT_PORTS)} (${FIRST_SNAT_PORT} to 65535).`,
  ).optional(),
  entriesPerConnection: entriesPerConnection.optional(),
  rules,
  proxy,
  conntrack,
});

function isCount(input: unknown): boolean {
  return typeof input === 'number' || (typeof input === 'string' && parseCount(input) !== undefined);
}
