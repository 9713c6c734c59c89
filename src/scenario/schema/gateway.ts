import { z } from 'zod';
import { TIMEOUT_NAMES } from '../../model/input/timeouts.ts';
import { parseCount } from '../../model/units.ts';
import { emulateNode, kubeProxy, node } from './node.ts';
import { choice, count, duration, shareOrCount } from './values.ts';

const LARGEST = 2 ** 31 - 1; // nf_conntrack_max and _buckets are ints

const timeouts = z
  .partialRecord(
    z.enum(TIMEOUT_NAMES),
    // proc_dointvec_jiffies: the kernel takes whole seconds.
    duration({ min: 1 }, 'Whole seconds.').refine(Number.isInteger, { error: 'must be whole seconds, as the kernel takes them' }),
  )
  .default({})
  .describe('Conntrack timeouts of the gateway, e.g. tcp_time_wait: 30s. The others keep the kernel’s defaults.');

const conntrack = z
  .strictObject({
    max: count(
      { min: 1, max: LARGEST },
      'Entries the gateway’s table may hold (nf_conntrack_max), e.g. 4096 or 128k.',
    ).optional(),
    buckets: z
      .union([z.literal('auto'), count({ min: 1, max: LARGEST }, 'nf_conntrack_buckets')], {
        error: ({ input }) => (parseCount(String(input)) === undefined ? 'expected auto or a number' : undefined),
      })
      .default('auto')
      .describe('Hash buckets. auto is one per entry, as on kernels since 5.15; more than max weakens early drop.'),
    method: z
      .enum(['auto', 'sysctl', 'ballast'])
      .default('auto')
      .describe('How the gateway gets its small table: a lease of the host-wide sysctls, or ballast entries in its own table.'),
    prefill: shareOrCount('Stale entries present before the load starts: a share of max below 1, or a number.').prefault(0),
    timeouts,
    node: node.optional().describe('Instead of max: a node whose table, max and buckets, the gateway gets.'),
    kubeProxy: kubeProxy
      .optional()
      .describe('With node: what kube-proxy makes of its limit and timeouts. Without: the kernel alone.'),
  })
  .superRefine(({ max, buckets, prefill, node: imitated, kubeProxy: proxy }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (max === undefined && imitated === undefined) complain('max', 'is required, or node: {cores, memory} or {instanceType}');
    if (max !== undefined && imitated !== undefined) complain('node', 'excludes max: give one of the two');
    if (buckets !== 'auto' && imitated !== undefined)
      complain('buckets', 'node decides them: leave this out, or give max instead of node');
    if (proxy !== undefined && imitated === undefined)
      complain('kubeProxy', 'needs node: {cores, memory} or {instanceType} to know the cores');
    const entries = max ?? (imitated && emulateNode(imitated, proxy).limit.max);
    if (entries !== undefined && prefill >= entries)
      complain('prefill', `must leave room in the table: less than max (${entries})`);
  })
  .meta({ anyOf: [{ required: ['max'] }, { required: ['node'] }] });

/** The machine under test. */
export const gateway = z.strictObject({
  dataplane: choice(
    ['iptables', 'nftables', 'proxy'],
    ['notrack', 'tunnel', 'ipvs'],
    'What the gateway does: DNAT of a virtual IP and masquerade, as kube-proxy sets them up, or a proxy that ends connections.',
  ).prefault('iptables'),
  conntrack,
});
