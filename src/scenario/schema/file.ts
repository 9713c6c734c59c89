import { z } from 'zod';
import { LAB_FAMILIES } from '../../model/input/address-family.ts';
import { actions } from './actions.ts';
import { backend } from './backend.ts';
import { checkFloodsOf, externalLab, noExternalKeys, notWith } from './external.ts';
import { findSchema } from './find.ts';
import { checkCloses, checkReplies } from './flood-checks.ts';
import { flood } from './floods.ts';
import { gateway } from './gateway.ts';
import { kubernetesLab } from './lab/kubernetes.ts';
import { vm } from './lab/vm.ts';
import { NAME, NAME_RULE, sentence } from './name.ts';
import { orVariable } from './patterns.ts';
import { thresholds } from './thresholds.ts';
import { choice, count, duration } from './values.ts';
import { baseline, cross, variants } from './variants.ts';

/** Seed of the arrivals when the scenario has none, so that two runs of one file offer the same load. */
const DEFAULT_SEED = 1;

/** Time to analyse and to show floods grows with the square of their number. */
const MOST_FLOODS = 200;

const floods = z
  .record(z.string().regex(NAME, { error: NAME_RULE }), flood)
  .refine((all) => Object.keys(all).length > 0, { error: 'needs at least one flood' })
  .refine((all) => Object.keys(all).length <= MOST_FLOODS, { error: `may have at most ${MOST_FLOODS} floods` })
  .superRefine(checkReplies)
  .superRefine(checkCloses)
  .meta({
    description: 'Streams of connections by name. All run at once, each from its startTime.',
    minProperties: 1,
    maxProperties: MOST_FLOODS,
  });

const identity = {
  version: z.literal(1).describe('Version of this file format.'),
  name: z
    .string()
    .regex(NAME, { error: NAME_RULE })
    .meta({
      description: 'Name of the run and of its results folder.',
      pattern: orVariable('[0-9a-zA-Z_-]{1,100}'),
    }),
  description: sentence('One sentence on what the scenario shows.'),
  seed: count({ min: 0, max: 2 ** 32 - 1 }, 'Seed of random arrivals; the same seed gives the same load.').prefault(DEFAULT_SEED),
};
const stopWhen = z
  .literal('certain')
  .optional()
  .describe(
    'Ends the load as soon as its outcome is certain: the gateway’s table drops packets that clients retransmit, or a threshold failed that can only get worse. If absent, the load runs its course.',
  );
const probe = z
  .strictObject({
    interval: duration(
      { min: 0.001, max: 1 },
      'Time between two samples of the conntrack tables, e.g. 10ms. If absent, 10ms; with driver vm 20ms, because every sample takes CPU time from the gateway.',
    ).optional(),
    nodeExporter: z
      .boolean()
      .optional()
      .describe(
        'Runs Debian’s prometheus-node-exporter in the gateway’s namespace (driver netns) and scrapes it every second over a Unix socket, which makes no entry; the report compares it with the probe and says what a scrape every 15 s sees.',
      ),
  })
  .prefault({})
  .describe('How the conntrack tables are monitored.');

/** A scenario file, before and after durations and numbers are parsed. The JSON Schema is generated from it too. */
export const scenarioFile = z.strictObject({
  ...identity,
  lab: z
    .strictObject({
      driver: choice(
        ['auto', 'netns', 'docker', 'vm', 'external', 'kubernetes'],
        [],
        'How client, gateway and backend are built: netns builds Linux network namespaces on this machine, docker containers; vm makes the gateway a virtual machine with a kernel of its own; external builds nothing and targets an existing gateway; kubernetes runs client and backend as pods; auto picks netns or docker.',
      )
        .prefault('auto')
        .transform((driver) => driver as Exclude<typeof driver, 'external' | 'kubernetes'>) // files with those are checked against externalFile and kubernetesFile
        .meta({ enum: ['auto', 'netns', 'docker', 'vm'] }),
      family: choice(
        LAB_FAMILIES,
        [],
        'Addresses of client, gateway and backend, and with them of all packets: IPv4, or IPv6 with ICMPv6 and neighbour discovery, or both: dual. There is one table for both families, and entries are of one size.',
      ).prefault('ipv4'),
      vm: vm.optional(),
      kubernetes: z.never({ error: 'only allowed with driver: kubernetes' }).optional(),
      ...noExternalKeys,
    })
    .prefault({})
    .describe('The three machines of the lab: client, gateway and backend.'),
  gateway: gateway.describe('The gateway under test.'),
  backend,
  probe,
  stopWhen,
  floods,
  actions,
  thresholds: thresholds.optional(),
  find: findSchema.optional().describe('How `ctload find` searches. `ctload run` ignores this section.'),
  variants,
  baseline,
  cross,
});

const MATRIX_BUILDS = 'ctload matrix compares gateways that ctload builds';

/** The same with `lab.driver: external`. */
export const externalFile = z.strictObject({
  ...identity,
  lab: externalLab.describe('The existing gateway under test.'),
  gateway: notWith('external', 'ctload does not configure an existing gateway'),
  backend: notWith('external', 'ctload does not run the backend of an existing gateway'),
  probe,
  stopWhen,
  floods: floods.superRefine(checkFloodsOf('external')),
  actions: notWith('external', 'ctload changes nothing in an existing gateway'),
  thresholds: thresholds.optional(),
  find: notWith('external', 'a search has to empty the table between its trials'),
  variants: notWith('external', MATRIX_BUILDS),
  baseline: notWith('external', MATRIX_BUILDS),
  cross: notWith('external', MATRIX_BUILDS),
});

const NODE_AS_IT_IS = 'ctload leaves the node as it is';

/** The same with `lab.driver: kubernetes`. */
export const kubernetesFile = z.strictObject({
  ...identity,
  lab: kubernetesLab.describe('The cluster and the pods in it.'),
  gateway: notWith('kubernetes', NODE_AS_IT_IS),
  backend,
  probe,
  stopWhen,
  floods: floods.superRefine(checkFloodsOf('kubernetes')),
  actions: notWith('kubernetes', NODE_AS_IT_IS),
  thresholds: thresholds.optional(),
  find: notWith('kubernetes', 'a search has to empty the table between its trials'),
  variants: notWith('kubernetes', MATRIX_BUILDS),
  baseline: notWith('kubernetes', MATRIX_BUILDS),
  cross: notWith('kubernetes', MATRIX_BUILDS),
});

export type ScenarioFile = z.output<typeof scenarioFile>;
export type ExternalFile = z.output<typeof externalFile>;
export type KubernetesFile = z.output<typeof kubernetesFile>;
/** A file of either kind. */
export type AnyFile = ScenarioFile | ExternalFile | KubernetesFile;
