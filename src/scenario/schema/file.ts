import { z } from 'zod';
import { backend } from './backend.ts';
import { checkExternalFloods, externalLab, noExternalKeys, notExternal } from './external.ts';
import { findSchema } from './find.ts';
import { checkReplies, flood } from './floods.ts';
import { gateway } from './gateway.ts';
import { thresholds } from './thresholds.ts';
import { choice, count, duration } from './values.ts';

/** Seeds the arrivals when the scenario names none, so that two runs of one file offer the same load. */
const DEFAULT_SEED = 1;

/** As k6's scenario names, and short enough for the name of a file with more behind it. */
export const NAME = /^[0-9a-zA-Z_-]{1,100}$/;
const NAME_RULE = 'may only have letters, digits, - and _, up to 100 of them';

const floods = z
  .record(z.string().regex(NAME, { error: NAME_RULE }), flood)
  .refine((all) => Object.keys(all).length > 0, { error: 'needs at least one flood' })
  .superRefine(checkReplies)
  .describe('Streams of connections by name; all run at once, each from its startTime.');

const identity = {
  version: z.literal(1).describe('Version of this file format.'),
  name: z.string().regex(NAME, { error: NAME_RULE }).describe('Names the run and its results folder.'),
  description: z.string().default('').describe('One sentence: what the scenario shows.'),
  seed: count({ min: 0, max: 2 ** 32 - 1 }, 'Seeds random arrivals: the same seed gives the same load.').prefault(DEFAULT_SEED),
};
const probe = z
  .strictObject({ interval: duration({ min: 0.001, max: 1 }, 'Time between two samples of the tables.').prefault('10ms') })
  .prefault({})
  .describe('How the conntrack tables are watched.');

/** A scenario file as design.md §3 has it, before and after its texts become numbers. The JSON Schema is made from this too. */
export const scenarioFile = z.strictObject({
  ...identity,
  lab: z
    .strictObject({
      driver: choice(
        ['auto', 'netns', 'docker', 'external'],
        ['vm'],
        'How client, gateway and backend are built: netns is Linux network namespaces on this machine, docker is containers; external: not at all.',
      )
        .prefault('auto')
        .transform((driver) => driver as Exclude<typeof driver, 'external'>), // those files are checked against externalFile
      ...noExternalKeys,
    })
    .prefault({})
    .describe('The three machines: client, gateway, backend.'),
  gateway: gateway.describe('The machine under test.'),
  backend,
  probe,
  floods,
  thresholds: thresholds.optional(),
  find: findSchema.optional().describe('How `ctload find` searches; `ctload run` ignores it.'),
});

/** The same with `lab.driver: external`. */
export const externalFile = z.strictObject({
  ...identity,
  lab: externalLab.describe('The gateway under test, as it is.'),
  gateway: notExternal('its gateway is taken as it is, nothing there is changed'),
  backend: notExternal('what stands behind its gateway is not ctload’s'),
  probe,
  floods: floods.superRefine(checkExternalFloods),
  thresholds: thresholds.optional(),
  find: notExternal('a search has to empty the table between trials'),
});

export type ScenarioFile = z.output<typeof scenarioFile>;
export type ExternalFile = z.output<typeof externalFile>;
