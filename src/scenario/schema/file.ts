import { z } from 'zod';
import { backend } from './backend.ts';
import { checkExternalFloods, externalLab, noExternalKeys, notExternal } from './external.ts';
import { findSchema } from './find.ts';
import { checkCloses, checkReplies, flood } from './floods.ts';
import { gateway } from './gateway.ts';
import { CONTROLS, orVariable, textPattern } from './patterns.ts';
import { thresholds } from './thresholds.ts';
import { choice, count, duration } from './values.ts';
import { vm } from './vm.ts';

/** Seed of the arrivals when the scenario has none, so that two runs of one file offer the same load. */
const DEFAULT_SEED = 1;

/** The rule for k6's scenario names, and short enough to be a part of a file name. */
export const NAME = /^[0-9a-zA-Z_-]{1,100}$/;
const NAME_RULE = 'may only contain letters, digits, - and _, at most 100 characters';

const PRINTABLE = new RegExp(`^[^${CONTROLS}]*$`);

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
  description: z
    .string()
    .regex(PRINTABLE, { error: 'may contain no control characters except tabs and line breaks' })
    .default('')
    .meta({ description: 'One sentence on what the scenario shows.', pattern: textPattern(CONTROLS) }),
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
  })
  .prefault({})
  .describe('How the conntrack tables are monitored.');

/** A scenario file, before and after durations and numbers are parsed. The JSON Schema is generated from it too. */
export const scenarioFile = z.strictObject({
  ...identity,
  lab: z
    .strictObject({
      driver: choice(
        ['auto', 'netns', 'docker', 'vm', 'external'],
        [],
        'How client, gateway and backend are built: netns builds Linux network namespaces on this machine, docker containers; vm makes the gateway a virtual machine with a kernel of its own; external builds nothing and targets an existing gateway; auto picks netns or docker.',
      )
        .prefault('auto')
        .transform((driver) => driver as Exclude<typeof driver, 'external'>) // files with driver external are checked against externalFile
        .meta({ enum: ['auto', 'netns', 'docker', 'vm'] }),
      vm: vm.optional(),
      ...noExternalKeys,
    })
    .prefault({})
    .describe('The three machines of the lab: client, gateway and backend.'),
  gateway: gateway.describe('The gateway under test.'),
  backend,
  probe,
  stopWhen,
  floods,
  thresholds: thresholds.optional(),
  find: findSchema.optional().describe('How `ctload find` searches. `ctload run` ignores this section.'),
});

/** The same with `lab.driver: external`. */
export const externalFile = z.strictObject({
  ...identity,
  lab: externalLab.describe('The existing gateway under test.'),
  gateway: notExternal('ctload does not configure an existing gateway'),
  backend: notExternal('ctload does not run the backend of an existing gateway'),
  probe,
  stopWhen,
  floods: floods.superRefine(checkExternalFloods),
  thresholds: thresholds.optional(),
  find: notExternal('a search has to empty the table between its trials'),
});

export type ScenarioFile = z.output<typeof scenarioFile>;
export type ExternalFile = z.output<typeof externalFile>;
