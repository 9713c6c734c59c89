import { z } from 'zod';
import { TIMEOUT_NAMES } from '../model/timeouts.ts';
import { parseCount } from '../model/units.ts';
import { choice, count, duration, notYet, shareOrCount } from './values.ts';

const LARGEST = 2 ** 31 - 1; // nf_conntrack_max and _buckets are ints

const optionalDuration = duration({ min: 0 }, 'A duration as kube-proxy takes it.').optional();

/** KubeProxyConntrackConfiguration, kubeproxy.config.k8s.io/v1alpha1. */
const kubeProxy = z.strictObject({
  maxPerCore: count({ min: 0 }, 'conntrack.maxPerCore').optional(),
  min: count({ min: 0 }, 'conntrack.min').optional(),
  tcpEstablishedTimeout: optionalDuration,
  tcpCloseWaitTimeout: optionalDuration,
  tcpBeLiberal: z.boolean().optional(),
  udpTimeout: optionalDuration,
  udpStreamTimeout: optionalDuration,
});

const node = z.union([
  z.strictObject({
    cores: count({ min: 1 }, 'CPU cores of the node.'),
    memory: z.string().regex(/^\d+(\.\d+)?([KMGT]i?)?$/, { error: 'expected an amount of memory such as 8Gi' }),
  }),
  z.strictObject({ instanceType: z.string().describe('EC2 instance type, e.g. m5.large.') }),
]);

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
    max: count({ min: 1, max: LARGEST }, 'Entries the gateway’s table may hold (nf_conntrack_max), e.g. 4096 or 128k.'),
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
    kubeProxy: notYet(kubeProxy, '; give max, which excludes it').optional(),
    node: notYet(node, '; give max, which excludes it').optional(),
  })
  .superRefine(({ max, prefill }, context) => {
    if (prefill >= max) {
      context.addIssue({ code: 'custom', path: ['prefill'], message: `must leave room in the table: less than max (${max})` });
    }
  });

/** The machine under test. */
export const gateway = z.strictObject({
  dataplane: choice(
    ['iptables', 'nftables'],
    ['notrack', 'tunnel', 'ipvs', 'proxy'],
    'What the gateway does with packets: DNAT of a virtual IP and masquerade, as kube-proxy sets them up.',
  ).prefault('iptables'),
  conntrack,
});
