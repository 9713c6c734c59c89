import { z } from 'zod';
import { LAB_FAMILIES } from '../../../model/input/address-family.ts';
import type { PodTarget } from '../../../model/input/existing/kubernetes.ts';
import { endpointOfUrl, isUnpublic } from '../../../model/input/external.ts';
import { parseQuantity, QUANTITY_EXAMPLES } from '../../../model/quantity.ts';
import { orVariable, QUANTITY, URL_PATTERN as URL } from '../patterns.ts';
import { choice, count, notOneOf, number, refuse } from '../values.ts';

const MOST_CPUS = 256;
const MOST_CLIENTS = 100;
/** Of namespaces: a DNS label (RFC 1123). */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LEAST_MAX = 500; // nodes have connections of their own

const text = (description: string) => z.string().min(1, { error: 'must not be empty' }).describe(description);

const resources = z
  .strictObject({
    cpu: number(
      'CPUs, also a part of one: 0.5.',
      (value) =>
        value > 0 && value <= MOST_CPUS ? undefined : `must be more than 0 and at most ${MOST_CPUS}; 100m of Kubernetes is 0.1`,
      { type: 'number', exclusiveMinimum: 0, maximum: MOST_CPUS },
    ).prefault(2),
    memory: z
      .string({ error: `expected ${QUANTITY_EXAMPLES}` })
      .transform((given, context) => {
        return parseQuantity(given) ?? refuse(context, `expected ${QUANTITY_EXAMPLES}, got ${JSON.stringify(given)}`);
      })
      .meta({ description: 'Memory, e.g. 512Mi.', pattern: QUANTITY })
      .prefault('1Gi'),
  })
  .prefault({})
  .describe('Limits of the pod.');

const placement = {
  nodeSelector: z.record(z.string(), z.string()).default({}).describe('Labels of the node that the pod may be on.'),
  tolerations: z
    .array(
      z.strictObject({
        key: text('Key of the taint; every taint if absent, with operator Exists.').optional(),
        operator: z.enum(['Exists', 'Equal']).optional().describe('Equal, unless it says otherwise.'),
        value: z.string().optional().describe('Value of the taint.'),
        effect: z
          .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
          .optional()
          .describe('Effect of the taint; any if absent.'),
      }),
    )
    .default([])
    .describe('Taints of nodes that the pod may be on nevertheless, as in a PodSpec.'),
};

const percentage = z
  .string({ error: 'expected a percentage, e.g. 95 %, or none' })
  .transform((given, context) => {
    const percent = Number(/^(\d+(?:\.\d+)?) ?%$/.exec(given)?.[1]);
    return percent > 0 && percent <= 100
      ? percent / 100
      : refuse(context, `expected a percentage up to 100 %, e.g. 95 %, or none, got ${JSON.stringify(given)}`);
  })
  .meta({ description: 'Share of the table.', pattern: '^\\d+(\\.\\d+)? ?%$' });

const TARGETS = ['service', 'nodePort', 'hostPort', 'podIP'] as const;

const target = z
  .union([
    z
      .strictObject({
        nodePort: text('Whose port: client or backend, the nodes of these pods, or the name of a node.'),
        externalTrafficPolicy: z
          .enum(['Cluster', 'Local'])
          .default('Cluster')
          .describe('With Local the node forwards to a pod of its own only, and does not translate the source.'),
      })
      .describe('A port of a node.'),
    z
      .strictObject({
        url: z
          .string()
          .refine((given) => endpointOfUrl(given) !== undefined, {
            error: 'expected http://IPV4_ADDRESS:PORT (host names are not accepted)',
          })
          .meta({ description: 'Where it is, e.g. http://10.96.0.10:80.', pattern: URL }),
        allowPublicTargets: z
          .boolean()
          .default(false)
          .describe('Allows a target outside loopback, private networks (RFC 1918) and 198.18.0.0/15.'),
      })
      .superRefine(({ url, allowPublicTargets }, context) => {
        const at = endpointOfUrl(url);
        if (at === undefined || allowPublicTargets || isUnpublic(at.address)) return;
        const message = `${at.address} is not loopback, private (RFC 1918) or in 198.18.0.0/15: set allowPublicTargets: true if its owner has authorized this load`;
        context.addIssue({ code: 'custom', path: ['url'], message });
      })
      .describe(
        'Servers that exist already: an existing Service by its cluster IP, a load balancer. The backend’s pod is not made.',
      ),
    z.enum(TARGETS, { error: ({ input }) => notOneOf(input, TARGETS) }),
  ])
  .transform((given): PodTarget => {
    return given === 'nodePort' ? { nodePort: 'client', externalTrafficPolicy: 'Cluster' } : given;
  })
  .prefault('service')
  .describe(
    'What clients connect to: the cluster IP of a Service that ctload makes; nodePort, its port of the client’s node, or {nodePort: NODE}, where NODE is client, backend, or a node’s name; hostPort, ports of the backend’s node that lead to its pod, which Pod Security baseline forbids, so that ctload’s namespace is labelled privileged; podIP, the backend’s pod without a Service; or {url: http://ADDRESS:PORT}, servers that exist already, whose nodes ctload does not know. Which nodes’ tables that crosses is said before the load.',
  );

/** The `lab` section for pods in a cluster. */
export const kubernetesLab = z.strictObject({
  driver: z.literal('kubernetes').describe('Loads a node of a cluster, as it is.'),
  family: choice(
    LAB_FAMILIES,
    [],
    'Which families clients connect over, where the cluster has them: Service, pods and nodes then need addresses of these. If absent, the first of the cluster.',
  ).optional(),
  kubernetes: z
    .strictObject({
      context: text('Context of the kubeconfig. If absent, the current one.').optional(),
      namespace: z
        .string()
        .regex(OBJECT_NAME, { error: 'is not the name of a namespace: lower case, digits and -' })
        .meta({
          description:
            'Existing namespace for the pods of clients and backend, whose Pod Security, quotas and policies then apply. If absent, one that is made for the run and deleted after it. The pods that read the nodes’ tables are always in one of their own, as they need hostNetwork.',
          pattern: orVariable('[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'),
        })
        .optional(),
      image: text('Image of the pods, as `ctload kubernetes image` writes it, by the name that nodes know it by.'),
      imagePullSecrets: z
        .array(text('Name of a Secret.'))
        .default([])
        .describe(
          'Secrets that the image is pulled with, from lab.kubernetes.namespace, else from the namespace of the context: copied into the namespaces that ctload makes, and deleted with them.',
        ),
      clients: z
        .strictObject({
          replicas: count({ min: 1, max: MOST_CLIENTS }, 'Client pods, which share one schedule.').prefault(1),
          spread: z
            .enum(['together', 'nodes'])
            .default('together')
            .describe('Where several are: on the node of the first, or spread evenly over the nodes that they may be on.'),
          ...placement,
          resources,
        })
        .prefault({})
        .describe('The pods that the load comes from.'),
      onLost: z
        .enum(['abort', 'continue'])
        .default('abort')
        .describe(
          'What becomes of the load when one of several client pods is lost: it ends, or the others go on with their shares. The report says what the lost one carried.',
        ),
      backend: z
        .strictObject({ ...placement, resources })
        .prefault({})
        .describe('The pod that answers. On the client’s node, unless nodeSelector says otherwise.'),
      target,
      allowNetAdmin: z
        .boolean()
        .default(false)
        .describe(
          'Allows the capability NET_ADMIN to the pods of clients and backend, for rules in their own network namespaces: floods of kind stale, half-open and udp without reply need it. Their namespace is then labelled privileged, as Pod Security baseline forbids it.',
        ),
      allowWrites: z
        .boolean()
        .default(false)
        .describe(
          'Allows to lower nf_conntrack_max of nodes to max: restored by every end of the run, also if its pods are killed.',
        ),
      max: count(
        { min: LEAST_MAX },
        'nf_conntrack_max of every node that connections cross, for the run: needs allowWrites. If absent, as it is.',
      ).optional(),
      abortAt: z
        .union([z.literal('none'), percentage])
        .optional()
        .describe(
          'Ends the load as soon as any node’s table is this full, e.g. 95 %: a bound instead of an outage, by a threshold on conntrack_utilization (exit 99). If absent, 95 % with allowSharedNodes, else none.',
        ),
      allowSharedNodes: z
        .boolean()
        .default(false)
        .describe(
          'Allows nodes that run other pods than those of DaemonSets and the node’s own: a full table breaks their connections.',
        ),
    })
    .superRefine(({ allowWrites, max }, context) => {
      if ((max !== undefined) === allowWrites) return;
      const message = allowWrites ? 'has no effect without max' : 'needs allowWrites: true, as it writes a setting of nodes';
      context.addIssue({ code: 'custom', path: [allowWrites ? 'allowWrites' : 'max'], message });
    })
    .describe('With driver kubernetes: the cluster and the pods.'),
});
