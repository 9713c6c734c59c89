import { z } from 'zod';
import { FIND_DEFAULTS, type FindSpec } from '../../model/input/find-spec.ts';
import { formatDuration } from '../../model/units.ts';
import { duration, number } from './values.ts';

const seconds = (description: string, standard: number) => duration({ min: 1 }, description).prefault(formatDuration(standard));

/** The `find` section: how `ctload find` searches; `ctload run` ignores it. */
export const findSchema = z.strictObject({
  variable: z
    .string()
    .optional()
    .describe('Key of the scenario to vary, e.g. floods.requests.rate (default: the rate of the first flood).'),
  initialValue: number(
    'First value to try (default: near where the model sees the limit, else the value in the scenario).',
    positive,
    {
      type: 'number',
      exclusiveMinimum: 0,
    },
  ).optional(),
  exponentialFactor: number(
    'Factor between two tried values, until one value holds and one breaks.',
    (value) => (value > 1 ? undefined : 'must be more than 1'),
    { type: 'number', exclusiveMinimum: 1 },
  ).prefault(FIND_DEFAULTS.exponentialFactor),
  precision: number(
    'The search ends when the lowest value that breaks exceeds the highest that holds by at most this share of it, e.g. 0.05.',
    (value) => (value > 0 && value < 1 ? undefined : 'must be a share between 0 and 1'),
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  ).prefault(FIND_DEFAULTS.precision),
  measuringPeriod: seconds(
    'Length of each trial. It should span several rounds of the kernel’s garbage collector, about 10 s each.',
    FIND_DEFAULTS.measuringPeriodSeconds,
  ),
  confirmPeriod: seconds('Length of the trial that confirms the answer, e.g. 60s.', FIND_DEFAULTS.confirmPeriodSeconds),
  deadline: seconds('Time limit of the whole search, e.g. 10m.', FIND_DEFAULTS.deadlineSeconds),
});

/** Converts the section into the form that the rest of ctload uses. */
export function findSpec(file: z.output<typeof findSchema>): FindSpec {
  const { measuringPeriod, confirmPeriod, deadline, variable, initialValue, ...rest } = file;
  return {
    ...rest,
    ...(variable === undefined ? {} : { variable }),
    ...(initialValue === undefined ? {} : { initialValue }),
    measuringPeriodSeconds: measuringPeriod,
    confirmPeriodSeconds: confirmPeriod,
    deadlineSeconds: deadline,
  };
}

function positive(value: number): string | undefined {
  return value > 0 ? undefined : 'must be more than 0';
}
